/** How a widget looks: defaults, then what the persona's owner chose, then what the page wrote. */
import { widget as words } from "../strings/widget";

export interface Config {
  callToAction: string;
  layout: "floating" | "inline";
  initialState: "expanded" | "minimized";
  position: string;
  orientation: "landscape" | "portrait";
  showTextInput: boolean;
  showMuteButton: boolean;
  showTranscript: boolean;
  showCaptions: boolean;
  removeWatermark: boolean;
  agentName: string;
  avatarUrl: string | null;
  avatarVideoUrl: string | null;
}

export const DefaultConfig: Readonly<Config> = Object.freeze({
  callToAction: words.callToAction,
  layout: "floating",
  initialState: "expanded",
  position: "bottom-right",
  orientation: "landscape",
  showTextInput: true,
  showMuteButton: true,
  showTranscript: true,
  showCaptions: false,
  removeWatermark: false,
  agentName: "",
  avatarUrl: null,
  avatarVideoUrl: null,
});

/** Attributes that change how the widget looks, and what of it each one says. */
export const LOOKS = {
  "call-to-action": "callToAction",
  layout: "layout",
  "initial-state": "initialState",
  position: "position",
  orientation: "orientation",
  "ui-text-input": "showTextInput",
  "ui-mute-button": "showMuteButton",
  "ui-transcript": "showTranscript",
  "ui-captions": "showCaptions",
  "agent-name": "agentName",
  "avatar-url": "avatarUrl",
  "avatar-video-url": "avatarVideoUrl",
} as const satisfies Record<string, keyof Config>;

/** What the page wrote. A flag without a value, or with any but "false", is set. */
export function written(element: Element): Partial<Config> {
  const found: Record<string, string | boolean> = {};
  for (const [attribute, name] of Object.entries(LOOKS)) {
    const value = element.getAttribute(attribute);
    if (value === null) continue;
    found[name] = name.startsWith("show") ? value !== "false" : value;
  }
  return found as Partial<Config>;
}

export function merged(...parts: readonly Partial<Config>[]): Config {
  const config: Config = { ...DefaultConfig };
  for (const part of parts) {
    const given = Object.entries(part).filter(([name, value]) => name in DefaultConfig && value !== null);
    Object.assign(config, Object.fromEntries(given));
  }
  if (config.callToAction === DefaultConfig.callToAction && config.agentName) {
    config.callToAction = words.talkTo(config.agentName);
  }
  return config;
}

const EDGE_PX = 24;
const SIDES = /^(top|right|bottom|left|margin(?:-(?:top|right|bottom|left))?)-(-?\d+(?:\.\d+)?)(px|%|rem|em|vh|vw)?$/;

/** "bottom-right", or freely "[bottom-40,right-10%]", as CSS properties; what cannot be read is left out. */
export function placed(position: string): Record<string, string> {
  const free = /^\[(.*)\]$/.exec(position.trim());
  if (!free) {
    const [row, column] = position.split("-");
    return {
      [row === "top" ? "top" : "bottom"]: `${EDGE_PX}px`,
      [column === "left" ? "left" : "right"]: `${EDGE_PX}px`,
    };
  }
  const sides = (free[1] ?? "").split(",").map((part) => SIDES.exec(part.trim()));
  return Object.fromEntries(sides.flatMap((side) => (side ? [[side[1] ?? "", `${side[2]}${side[3] ?? "px"}`]] : [])));
}
