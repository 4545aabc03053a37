/** The element: a face that waits. What a conversation needs is loaded when one begins. */
import { widget as words } from "../strings/widget";
import { LOOKS, merged, placed, written, type Config } from "./config";
import { askToken, claimsOf, readConfig, Refused } from "./server";
import css from "./widget.css?inline";

/** As `widget-room.js` exports it. */
export interface RoomModule {
  openRoom: (options: RoomOptions) => OpenRoom;
}

export interface RoomOptions {
  place: HTMLElement;
  shadow: ShadowRoot;
  baseUrl: string;
  config: Config;
  token: () => Promise<string>;
  tell: (name: string, detail: object) => void;
}

export interface OpenRoom {
  /** Once more, where a conversation has ended. */
  again: () => void;
  end: () => void;
  mute: (muted: boolean) => void;
  interrupt: () => void;
  say: (text: string) => void;
  send: (text: string) => void;
  close: () => void;
}

export const WidgetEventNames = Object.freeze(
  Object.fromEntries(
    [
      "session-started",
      "session-ended",
      "message-received",
      "message-sent",
      "expanded",
      "collapsed",
      "transcript-opened",
      "transcript-closed",
      "error",
      "mic-muted",
      "mic-unmuted",
      "tool-call-started",
      "tool-call-completed",
      "tool-call-failed",
    ].map((name) => [name.toUpperCase().replace(/-/g, "_"), `anam-agent:${name}`]),
  ),
);

const IDS = ["persona-id", "agent-id", "session-token", "api-base-url"];
const PLAY = "M7 5.200v9.600l7.500-4.800Z";
const MINIMISE = "m5.500 8 4.500 4.500L14.500 8";

/** A tag with attributes and children. */
function h(tag: string, attributes: Record<string, string> = {}, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function icon(path: string, solid = false): Element {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({
    viewBox: "0 0 20 20",
    width: "20",
    height: "20",
    fill: solid ? "currentColor" : "none",
    stroke: "currentColor",
    "stroke-width": "1.6",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
  }))
    svg.setAttribute(name, value);
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "path");
  drawn.setAttribute("d", path);
  svg.append(drawn);
  return svg;
}

export function widgetClass(ownBase: () => string): CustomElementConstructor {
  return class VisavisWidget extends HTMLElement {
    static readonly observedAttributes = [...IDS, ...Object.keys(LOOKS)];

    private shadow: ShadowRoot | null = null;
    private read: Partial<Config> = {};
    private config = merged();
    private expanded = true;
    private room: OpenRoom | null = null;
    private opening: Promise<OpenRoom | null> | null = null;
    /** Counts what was begun, so that an answer that comes too late is dropped. */
    private turn = 0;

    connectedCallback(): void {
      if (!this.shadow) {
        this.shadow = this.attachShadow({ mode: "open" });
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(css);
        this.shadow.adoptedStyleSheets = [sheet];
      }
      void this.load();
    }

    disconnectedCallback(): void {
      this.turn += 1;
      this.leave();
    }

    attributeChangedCallback(name: string, before: string | null, after: string | null): void {
      if (!this.shadow || !this.isConnected || before === after) return;
      if (IDS.includes(name)) void this.load();
      else if (!this.room) this.draw();
    }

    /** Begins a conversation, as a click on the button does. */
    async start(): Promise<void> {
      this.expand();
      if (this.room) this.room.again();
      else await this.open();
    }

    end(): void {
      this.room?.end();
    }

    expand(): void {
      this.turnTo(true);
    }

    collapse(): void {
      this.turnTo(false);
    }

    mute(): void {
      this.room?.mute(true);
    }

    unmute(): void {
      this.room?.mute(false);
    }

    interrupt(): void {
      this.room?.interrupt();
    }

    /** Has the persona say exactly this. */
    talk(text: string): void {
      this.room?.say(text);
    }

    /** Sends a message as if the visitor had typed it. */
    sendMessage(text: string): void {
      this.room?.send(text);
    }

    private get baseUrl(): string {
      return (this.getAttribute("api-base-url") || ownBase()).replace(/\/+$/, "");
    }

    private get agentId(): string {
      return this.getAttribute("persona-id") ?? this.getAttribute("agent-id") ?? "";
    }

    private async load(): Promise<void> {
      const turn = (this.turn += 1);
      this.leave();
      const token = this.getAttribute("session-token");
      try {
        if (!this.baseUrl) throw new Refused(0, words.noServer);
        if (!token && !this.agentId) throw new Refused(0, words.missing);
        const read = token ? claimsOf(token) : await readConfig(this.baseUrl, this.agentId);
        if (turn !== this.turn) return;
        this.read = read;
      } catch (error) {
        if (turn === this.turn) this.fail(error as Refused);
        return;
      }
      this.expanded = merged(this.read, written(this)).initialState !== "minimized";
      this.draw();
    }

    private leave(): void {
      this.room?.close();
      this.room = null;
      this.opening = null;
    }

    private tell(name: string, detail: object = {}): void {
      this.dispatchEvent(new CustomEvent(`anam-agent:${name}`, { bubbles: true, composed: true, detail }));
    }

    /** A page must not suffer because its assistant is gone: a floating widget stays away, an inline one says why. */
    private fail(error: Refused): void {
      this.config = merged(written(this));
      console.warn(`<${this.localName}>: ${error.message}`);
      this.tell("error", { code: error.status ? `HTTP_${error.status}` : "SESSION_ERROR", message: error.message });
      const note = h("p", { class: "failed", role: "status" }, error.message);
      this.shadow?.replaceChildren(...(this.config.layout === "inline" ? [note] : []));
    }

    private turnTo(expanded: boolean): void {
      if (this.expanded === expanded || this.config.layout === "inline") return;
      this.expanded = expanded;
      this.arrange(true);
      this.tell(expanded ? "expanded" : "collapsed");
    }

    private draw(): void {
      const config = (this.config = merged(this.read, written(this)));
      const floating = config.layout === "floating";
      const frame = h("div", { class: `frame ${floating ? "floating" : "inline"} ${config.orientation}`, part: "frame" });
      if (floating) Object.entries(placed(config.position)).forEach(([name, value]) => frame.style.setProperty(name, value));
      const panel = h("section", { class: "panel", part: "panel", "aria-label": config.agentName || words.aiPersona });
      panel.append(this.poster());
      if (floating) {
        const minimise = h("button", { type: "button", class: "minimise", "aria-label": words.minimise }, icon(MINIMISE));
        minimise.onclick = () => this.collapse();
        panel.append(minimise);
        frame.append(this.bubble());
      }
      frame.append(panel);
      this.shadow?.replaceChildren(frame);
      this.arrange(false);
    }

    private poster(): HTMLElement {
      const { callToAction, agentName, avatarUrl, avatarVideoUrl, removeWatermark } = this.config;
      const start = h("button", { type: "button", class: "start", part: "start" }, icon(PLAY, true), h("span", {}, callToAction));
      start.onclick = () => void this.open();
      const poster = h("div", { class: "poster" });
      if (avatarUrl) poster.append(h("img", { src: avatarUrl, alt: agentName }));
      if (avatarVideoUrl && !matchMedia("(prefers-reduced-motion: reduce)").matches) poster.append(loop(avatarVideoUrl));
      poster.append(h("div", { class: "invite" }, h("p", { class: "name" }, agentName || words.aiPersona), start));
      if (!removeWatermark) poster.append(h("p", { class: "powered" }, words.poweredBy));
      return poster;
    }

    private bubble(): HTMLElement {
      const { callToAction, avatarUrl } = this.config;
      const bubble = h("button", { type: "button", class: "bubble", part: "bubble" });
      bubble.append(avatarUrl ? h("img", { src: avatarUrl, alt: "" }) : icon(PLAY, true), h("span", {}, callToAction));
      bubble.onclick = () => this.expand();
      return bubble;
    }

    private arrange(focus: boolean): void {
      const open = this.expanded || this.config.layout === "inline";
      const panel = this.shadow?.querySelector<HTMLElement>(".panel");
      const bubble = this.shadow?.querySelector<HTMLElement>(".bubble");
      if (panel) panel.hidden = !open;
      if (bubble) bubble.hidden = open;
      if (focus) (open ? panel?.querySelector<HTMLElement>("button") : bubble)?.focus();
    }

    private open(): Promise<OpenRoom | null> {
      this.opening ??= this.enter();
      return this.opening;
    }

    private async enter(): Promise<OpenRoom | null> {
      const { turn, shadow, baseUrl, config } = this;
      const panel = shadow?.querySelector<HTMLElement>(".panel");
      if (!shadow || !panel) return (this.opening = null);
      panel.classList.add("opening");
      try {
        const { openRoom } = (await import(/* @vite-ignore */ `${baseUrl}/widget-room.js`)) as RoomModule;
        if (turn !== this.turn) return null;
        const place = h("div", { class: "place" });
        panel.prepend(place);
        panel.querySelector(".poster")?.remove();
        this.room = openRoom({ place, shadow, baseUrl, config, token: () => this.token(), tell: (...news) => this.tell(...news) });
        return this.room;
      } catch {
        this.opening = null;
        if (turn === this.turn) this.fail(new Refused(0, words.unreachable));
        return null;
      } finally {
        panel.classList.remove("opening");
      }
    }

    private async token(): Promise<string> {
      return this.getAttribute("session-token") ?? (await askToken(this.baseUrl, this.agentId, this.config.orientation));
    }
  };
}

function loop(url: string): HTMLElement {
  const video = h("video", { src: url, autoplay: "", loop: "", playsinline: "", "aria-hidden": "true", tabindex: "-1" }) as HTMLVideoElement;
  video.muted = true; // The attribute alone counts only while a document is parsed.
  return video;
}
