import { useCallback, useRef, useState } from "react";

import { useToasts } from "./toast";

interface Removal {
  /** Whether a row is to be left out of the list. */
  isGone: (id: string) => boolean;
  /** Takes the row away at once, and deletes it when nobody wanted it back. */
  remove: (id: string, text: string, erase: () => Promise<void>) => void;
}

/** Deleting with a way back: nothing is sent to the server until the toast that offers it has gone. */
export function useRemoval(): Removal {
  const toasts = useToasts();
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const mounted = useRef(toasts);
  mounted.current = toasts;
  const bringBack = useCallback((id: string) => setGone((now) => new Set([...now].filter((other) => other !== id))), []);
  const remove = useCallback<Removal["remove"]>(
    (id, text, erase) => {
      setGone((now) => new Set(now).add(id));
      const commit = () => {
        erase().catch((error: Error) => {
          bringBack(id);
          mounted.current.complain(error.message);
        });
      };
      mounted.current.offerUndo(text, commit, () => bringBack(id));
    },
    [bringBack],
  );
  return { isGone: (id) => gone.has(id), remove };
}
