import { useCallback, useEffect, useState } from "react";

export type Loaded<T> = { state: "loading" } | { state: "failed"; error: Error } | { state: "done"; value: T };

/**
 * Loads a value, again whenever `load` changes (keep it stable with useCallback). A newer load makes an older one void;
 * the last value stays until the next one is there, so that what shows it is not torn down meanwhile.
 */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>): [Loaded<T>, reload: () => void] {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: "loading" });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setLoaded((now) => (now.state === "done" ? now : { state: "loading" }));
    load(abort.signal).then(
      (value) => !abort.signal.aborted && setLoaded({ state: "done", value }),
      (error: Error) => !abort.signal.aborted && setLoaded({ state: "failed", error }),
    );
    return () => abort.abort();
  }, [load, turn]);
  return [loaded, useCallback(() => setTurn((now) => now + 1), [])];
}
