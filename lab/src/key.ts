/** Where the API key lives in this browser, and how a link brings one in. */

const NAME = "visavis.key";

export interface StoredKey {
  value: string;
  /** Kept after the tab closes. */
  remembered: boolean;
}

/** The link that the server prints at start carries the key in the fragment, which browsers never send to a server. */
function takeFromAddress(): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given === null) return null;
  history.replaceState(null, "", location.pathname + location.search);
  return given.trim() === "" ? null : given.trim();
}

function read(): StoredKey | null {
  const here = sessionStorage.getItem(NAME);
  if (here !== null) return { value: here, remembered: false };
  const kept = localStorage.getItem(NAME);
  return kept === null ? null : { value: kept, remembered: true };
}

export function storeKey(key: StoredKey): void {
  forgetKey();
  (key.remembered ? localStorage : sessionStorage).setItem(NAME, key.value);
}

export function forgetKey(): void {
  sessionStorage.removeItem(NAME);
  localStorage.removeItem(NAME);
}

/** The key to begin with: one from the address wins over a stored one and replaces it. */
export function loadKey(): StoredKey | null {
  const given = takeFromAddress();
  if (given === null) return read();
  const key = { value: given, remembered: read()?.remembered ?? false };
  storeKey(key);
  return key;
}

/** Enough of a key to recognise it, too little to use it. */
export function maskKey(value: string): string {
  return value.length <= 10 ? "••••" : `${value.slice(0, 3)}…${value.slice(-4)}`;
}
