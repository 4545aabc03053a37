/** `widget.js` for pages that import: the same, with names. */
globalThis.visavisWidgetBase ??= new URL(".", import.meta.url).href;
await import("./widget.js");
export const { registerWidget, DefaultConfig, WidgetEventNames } = globalThis.VisavisWidget;
