/** Two places, both in the fragment, so that the server needs to know only one page. */
import { useSyncExternalStore } from "react";

const PERSONA = "#/personas/";

function subscribe(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}

export function personaHref(id: string): string {
  return PERSONA + encodeURIComponent(id);
}

export const HOME_HREF = "#/";

export function go(href: string): void {
  location.hash = href;
}

/** The persona that the address names, or null on the start page. */
export function usePersonaId(): string | null {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  if (!hash.startsWith(PERSONA)) return null;
  try {
    return decodeURIComponent(hash.slice(PERSONA.length));
  } catch {
    return null; // A mangled link leads to the start page.
  }
}
