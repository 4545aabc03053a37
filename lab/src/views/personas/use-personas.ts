import { useCallback, useEffect, useRef, useState } from "react";

import type { Api, PersonaSummary } from "../../api";

/** A pause in typing after which the server is asked. */
const TYPING_PAUSE_MS = 200;

export interface PersonaList {
  rows: PersonaSummary[];
  state: "loading" | "done" | "failed";
  /** Why it failed, in the server's words. */
  problem: string;
  hasMore: boolean;
  showMore: () => void;
  retry: () => void;
}

/** The personas that match `search`, page after page. */
export function usePersonas(api: Api, search: string): PersonaList {
  const [rows, setRows] = useState<PersonaSummary[]>([]);
  const [state, setState] = useState<PersonaList["state"]>("loading");
  const [next, setNext] = useState<number | null>(null);
  const [problem, setProblem] = useState("");
  const [turn, setTurn] = useState(0);
  // Belongs to the newest question; an answer to an older one is dropped.
  const asked = useRef(new AbortController());

  const load = useCallback(
    async (page: number) => {
      const { signal } = asked.current;
      setState("loading");
      try {
        const answer = await api.personas.list(search, page, signal);
        if (signal.aborted) return;
        setRows((known) => (page === 1 ? answer.data : [...known, ...answer.data]));
        setNext(answer.meta.next);
        setState("done");
      } catch (error) {
        if (signal.aborted) return;
        setProblem(error instanceof Error ? error.message : String(error));
        setState("failed");
      }
    },
    [api, search],
  );

  useEffect(() => {
    asked.current = new AbortController();
    const timer = setTimeout(() => void load(1), search === "" ? 0 : TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
      asked.current.abort();
    };
  }, [load, search, turn]);

  return {
    rows,
    state,
    problem,
    hasMore: next !== null,
    showMore: () => void (next !== null && load(next)),
    retry: () => setTurn((now) => now + 1),
  };
}
