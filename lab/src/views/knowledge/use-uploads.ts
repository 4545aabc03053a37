import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { Api } from "../../api";

export interface Sending {
  id: number;
  name: string;
  /** 0 to 1. */
  share: number;
  problem: string | null;
}

interface Uploads {
  sending: readonly Sending[];
  send: (files: readonly File[]) => void;
  /** Stop one, or put away what went wrong with it. */
  drop: (id: number) => void;
}

/** Files on their way into a group, one after the other, so that each has the whole line. */
export function useUploads(api: Api, groupId: string, onArrived: () => void): Uploads {
  const [sending, setSending] = useState<readonly Sending[]>([]);
  const aborts = useRef(new Map<number, AbortController>());
  const queue = useRef(Promise.resolve());
  const count = useRef(0);
  const change = useCallback((id: number, part: Partial<Sending>) => {
    setSending((now) => now.map((one) => (one.id === id ? { ...one, ...part } : one)));
  }, []);
  const forget = useCallback((id: number) => setSending((now) => now.filter((one) => one.id !== id)), []);

  const sendOne = useCallback(
    async (id: number, file: File, signal: AbortSignal) => {
      if (signal.aborted) return;
      try {
        await api.knowledge.upload(groupId, file, (share) => change(id, { share }), signal);
        forget(id);
        onArrived();
      } catch (error) {
        if (!signal.aborted) change(id, { problem: error instanceof Error ? error.message : String(error) });
      }
    },
    [api, groupId, change, forget, onArrived],
  );
  const send = useCallback(
    (files: readonly File[]) => {
      for (const file of files) {
        const id = ++count.current;
        const abort = new AbortController();
        aborts.current.set(id, abort);
        setSending((now) => [...now, { id, name: file.name, share: 0, problem: null }]);
        queue.current = queue.current.then(() => sendOne(id, file, abort.signal));
      }
    },
    [sendOne],
  );
  const drop = useCallback(
    (id: number) => {
      aborts.current.get(id)?.abort();
      forget(id);
    },
    [forget],
  );
  useEffect(() => {
    const all = aborts.current;
    return () => all.forEach((abort) => abort.abort());
  }, []);
  return useMemo(() => ({ sending, send, drop }), [sending, send, drop]);
}
