import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

// Styles from the general to the particular: later rules win.
import "../styles/tokens.css";
import "../styles/base.css";
import "../ui/ui.css";
import "../room/room.css";
import "./guest.css";
import { GuestPage } from "./guest-page";

/** "/share/{token}" is a page of its own, "/frame/{token}" lies in somebody else's. */
const [, place, token = ""] = location.pathname.split("/");

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <GuestPage token={decodeURIComponent(token)} framed={place === "frame"} />
    </StrictMode>,
  );
}
