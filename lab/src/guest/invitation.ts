/** What a share link opens: who waits behind it, and whether one can come in. Needs no key. */
import { Refused } from "../conversation/problems";
import { guest } from "../strings/guest";

export type Closed = keyof typeof guest.closed;
export type Orientation = "landscape" | "portrait";

/** How the persona's owner wants it to look; everything may be absent. */
export interface WidgetConfig {
  callToAction?: string;
  layout?: "inline" | "floating";
  initialState?: "minimized" | "expanded";
  position?: string;
  orientation?: Orientation;
  showTextInput?: boolean;
  showMuteButton?: boolean;
  showTranscript?: boolean;
  showCaptions?: boolean;
  removeWatermark?: boolean;
}

export interface Host {
  name: string;
  avatarImageUrl: string | null;
  avatarVideoUrl: string | null;
}

export interface Invitation {
  type: "LINK" | "PLAYER_EMBED" | "ORB_EMBED";
  persona: Host;
  widgetConfig: WidgetConfig;
  portrait: boolean;
  removeWatermark: boolean;
  expiresAt: string | null;
  usesLeft: number | null;
  reason: "disabled" | "expired" | "used_up" | null;
}

const PATH = "/v1/auth/share-link";

/** Why nobody comes in, thrown by both requests. */
export class Shut extends Refused {
  constructor(
    readonly why: Closed,
    status: number,
  ) {
    super(status, guest.closed[why].join(". "));
    this.name = "Shut";
  }
}

function whyOf(status: number, body: { reason?: unknown; error?: unknown }): Closed | null {
  if (status === 404) return "unknown";
  if (status === 429) return "busy";
  if (status !== 403) return null;
  const { reason } = body;
  if (reason === "expired" || reason === "used_up" || reason === "disabled") return reason;
  return body.error === "Origin not allowed" ? "origin" : null;
}

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(path, { cache: "no-store", ...init }).catch(() => {
    throw new Shut("unreachable", 0);
  });
  const body = (await response.json().catch(() => ({}))) as T & { message?: unknown; reason?: unknown; error?: unknown };
  if (response.ok) return body;
  const why = whyOf(response.status, body);
  throw why ? new Shut(why, response.status) : new Refused(response.status, String(body.message ?? response.status));
}

export function lookAt(token: string): Promise<Invitation> {
  return ask(`${PATH}/${encodeURIComponent(token)}`);
}

/** Uses the link once. */
export async function comeIn(token: string, orientation: Orientation): Promise<string> {
  const init = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token, orientation }),
  };
  return (await ask<{ sessionToken: string }>(PATH, init)).sessionToken;
}
