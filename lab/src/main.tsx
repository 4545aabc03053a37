import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

// Styles from the general to the particular: later rules win.
import "./styles/tokens.css";
import "./styles/base.css";
import "./ui/ui.css";
import "./ui/page.css";
import "./ui/overlays.css";
import { App } from "./app";
import { placeOf } from "./route";
import { VIEWS } from "./sections";
import { applyTheme, loadTheme } from "./theme";

applyTheme(loadTheme());

const root = document.getElementById("root");
const first = VIEWS[placeOf(location.hash).section].load();
const show = () => {
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
};
first.then(show, show);
