/**
 * The script that pages load: as a classic script, as a module, or through `widget.mjs`, which exports what is here.
 * It has to be small, needs nothing else, and leaves one name behind.
 */
import { DefaultConfig } from "./config";
import { widgetClass, WidgetEventNames } from "./element";

declare global {
  interface Window {
    VisavisWidget?: object;
    /** Set by `widget.mjs`, which knows where it came from. */
    visavisWidgetBase?: string;
  }
}

const NAME = "/widget.js";
const TAGS = ["visavis-widget", "anam-agent", "anam-agent-widget"];
const here = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : "";

/** The server that this script came from. A module is not told; the page's scripts and what was fetched tell it. */
function ownBase(): string {
  if (window.visavisWidgetBase) return window.visavisWidgetBase;
  const sources = [here, ...Array.from(document.scripts, (script) => script.src)];
  const fetched = performance.getEntriesByType("resource").map((entry) => entry.name);
  const own = [...sources, ...fetched].find((url) => url.split(/[?#]/)[0]?.endsWith(NAME));
  return own ? (own.split(/[?#]/)[0] ?? "").slice(0, -NAME.length) : "";
}

/** Makes a tag of this name a widget; a second time nothing happens. */
function registerWidget(tag: string): void {
  if (!customElements.get(tag)) customElements.define(tag, widgetClass(ownBase));
}

if (!window.VisavisWidget) {
  window.VisavisWidget = Object.freeze({ registerWidget, DefaultConfig, WidgetEventNames });
  TAGS.forEach(registerWidget);
}
