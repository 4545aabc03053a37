import { useCallback, useSyncExternalStore } from "react";

import { useToasts } from "./toast";

/** Ids of rows that were taken away, on whichever page; what the server refused to delete comes back. */
let gone: ReadonlySet<string> = new Set();
const readers = new Set<() => void>();

function change(next: ReadonlySet<string>): void {
  gone = next;
  readers.forEach((reader) => reader());
}

function bringBack(id: string): void {
  change(new Set([...gone].filter((other) => other !== id)));
}

function subscribe(reader: () => void): () => void {
  readers.add(reader);
  return () => readers.delete(reader);
}

interface Removal {
  /** Whether a row is to be left out of the list. */
  isGone: (id: string) => boolean;
  /** Takes the row away at once, and deletes it when nobody wanted it back. */
  remove: (id: string, text: string, erase: () => Promise<void>) => void;
}

/** Deleting with a way back: nothing is sent to the server until the toast that offers it has gone. */
export function useRemoval(): Removal {
  const toasts = useToasts();
  const now = useSyncExternalStore(subscribe, () => gone);
  const remove = useCallback<Removal["remove"]>(
    (id, text, erase) => {
      change(new Set(gone).add(id));
      const commit = () => {
        erase().catch((error: Error) => {
          bringBack(id);
          toasts.complain(error.message);
        });
      };
      toasts.offerUndo(text, commit, () => bringBack(id));
    },
    [toasts],
  );
  return { isGone: (id) => now.has(id), remove };
}
