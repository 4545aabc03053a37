/** What the widget asks its server for, before and without anything heavy being loaded. */
import { widget as words } from "../strings/widget";
import type { Config } from "./config";

/** Carries the status; `message` is for the visitor. The room knows it by its name, being another script. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Longer messages of a server are not for visitors. */
const MESSAGE_CHARS_MAX = 80;

function explain(status: number, body: { error?: unknown }): string {
  if (status === 401 || status === 403) return words.refused;
  if (status === 404) return words.notFound;
  if (status === 429) return words.tooMany;
  if (status >= 500) return words.broken;
  return typeof body.error === "string" && body.error.length < MESSAGE_CHARS_MAX ? body.error : words.broken;
}

async function ask<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await fetch(url, init).catch(() => {
    throw new Refused(0, words.unreachable);
  });
  const body = (await response.json().catch(() => ({}))) as T & { error?: unknown };
  if (!response.ok) throw new Refused(response.status, explain(response.status, body));
  return body;
}

interface Shown {
  persona: { name: string; avatarImageUrl: string | null; avatarVideoUrl: string | null };
  widgetConfig: Partial<Config> | null;
}

export async function readConfig(baseUrl: string, agentId: string): Promise<Partial<Config>> {
  const { persona, widgetConfig } = await ask<Shown>(`${baseUrl}/v1/personas/${encodeURIComponent(agentId)}/widget`);
  const { name: agentName, avatarImageUrl: avatarUrl, avatarVideoUrl } = persona;
  return { agentName, avatarUrl, avatarVideoUrl, ...widgetConfig };
}

export async function askToken(baseUrl: string, agentId: string, orientation: string): Promise<string> {
  const answer = await ask<{ sessionToken: string }>(`${baseUrl}/v1/auth/widget`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ agentId, orientation }),
  });
  return answer.sessionToken;
}

/** What a session token says about its persona; nothing where it cannot be read. */
export function claimsOf(token: string): Partial<Config> {
  try {
    const text = atob((token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/"));
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as { widgetConfig?: Record<string, unknown> };
    const shown = claims.widgetConfig ?? {};
    return {
      agentName: shown["personaName"],
      avatarUrl: shown["avatarImageUrl"],
      avatarVideoUrl: shown["avatarVideoUrl"],
      removeWatermark: shown["removeWatermark"],
    } as Partial<Config>;
  } catch {
    return {};
  }
}
