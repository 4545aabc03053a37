/** Where one is: a section, a path in it and a query, all in the fragment, so that the server needs to know one page. */
import { useMemo, useSyncExternalStore } from "react";

import type { Query } from "./api/http";
import { pathOf } from "./api/http";

export const SECTIONS = ["personas", "avatars", "voices", "minds", "tools", "knowledge", "sessions", "settings"] as const;
export type Section = (typeof SECTIONS)[number];

export interface Place {
  section: Section;
  /** What follows the section: ids and names of parts. */
  path: readonly string[];
  query: URLSearchParams;
}

export function href(section: Section, path: readonly string[] = [], query: Query = {}): string {
  return pathOf(`#/${[section, ...path.map(encodeURIComponent)].join("/")}`, query);
}

export function personaHref(id: string): string {
  return href("personas", [id]);
}

export const HOME_HREF = "#/personas";

/** In place of an id: a persona that is not made yet. */
export const NEW = "new";
/** After an id: the persona's editor. */
export const EDIT = "edit";

export function editHref(id: string): string {
  return href("personas", [id, EDIT]);
}

export function newPersonaHref(): string {
  return href("personas", [NEW]);
}

export function go(address: string): void {
  location.hash = address;
}

/** Change the address without a step in the history: for filters, which are no places of their own. */
export function replace(address: string): void {
  history.replaceState(null, "", address);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null; // A mangled link leads to the section it names.
  }
}

export function placeOf(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [first = "", ...rest] = path.split("/").map(decoded);
  const section = SECTIONS.find((name) => name === first) ?? "personas";
  const whole = rest.every((part) => part !== null && part !== "");
  return { section, path: whole ? (rest as string[]) : [], query: new URLSearchParams(query) };
}

interface Guard {
  here: string;
  ask: (target: string) => void;
}

let guard: Guard | null = null;

/** Stay here whatever is clicked, and be told where somebody wanted to go, until the answer is called. */
export function guardPlace(ask: (target: string) => void): () => void {
  const own: Guard = { here: location.hash, ask };
  guard = own;
  return () => {
    if (guard === own) guard = null;
  };
}

/** Whether the page stays where it is although the address has changed; the address is then put right. */
function stays(): boolean {
  const target = location.hash;
  if (guard === null || target === guard.here) return false;
  history.pushState(null, "", guard.here);
  guard.ask(target);
  return true;
}

function subscribe(changed: () => void): () => void {
  const listener = () => {
    if (!stays()) changed();
  };
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}

export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return useMemo(() => placeOf(hash), [hash]);
}
