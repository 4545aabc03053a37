import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

// Styles from the general to the particular: later rules win.
import "../styles/tokens.css";
import "../styles/base.css";
import "../ui/ui.css";
import "./demo.css";
import { DemoPage } from "./demo-page";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <DemoPage asked={new URLSearchParams(location.search).get("persona")} />
    </StrictMode>,
  );
}
