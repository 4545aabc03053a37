import { useEffect, useState } from "react";

import { go, guardPlace } from "../../route";

export interface LeaveGuard {
  /** Somebody wants to leave: ask. */
  asking: boolean;
  stay: () => void;
  leave: () => void;
}

/** While there is something to lose, leaving the page waits for an answer: by a link, by Back, or by closing the tab. */
export function useLeaveGuard(unsaved: boolean): LeaveGuard {
  const [target, setTarget] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const guarded = unsaved && !leaving;
  useEffect(() => {
    if (!guarded) return;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", onUnload);
    const release = guardPlace(setTarget);
    return () => {
      removeEventListener("beforeunload", onUnload);
      release();
    };
  }, [guarded]);
  useEffect(() => {
    if (leaving && target !== null) go(target);
  }, [leaving, target]);
  return { asking: target !== null && !leaving, stay: () => setTarget(null), leave: () => setLeaving(true) };
}
