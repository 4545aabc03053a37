import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

// Styles from the general to the particular: later rules win.
import "./styles/tokens.css";
import "./styles/base.css";
import "./ui/ui.css";
import "./ui/page.css";
import "./ui/overlays.css";
import { App } from "./app";
import { applyTheme, loadTheme } from "./theme";

applyTheme(loadTheme());

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
