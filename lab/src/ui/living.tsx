import { useEffect, useRef, useState } from "react";

import { Picture } from "./picture";

const query = (rule: string) => typeof matchMedia === "function" && matchMedia(rule).matches;

/** How much of it must be on the screen before it moves by itself. */
const SEEN_SHARE = 0.95;

interface LivingProps {
  still: string | null | undefined;
  loop: string | null | undefined;
  className?: string;
}

/**
 * A still that comes to life: under the pointer or the focus, or, on a screen without pointer, when it is in view. The
 * film is fetched only then, and never where less motion was asked for.
 */
export function Living({ still, loop, className = "" }: LivingProps) {
  const frame = useRef<HTMLSpanElement>(null);
  const [awake, setAwake] = useState(false);
  useEffect(() => {
    const box = frame.current;
    const owner = box?.closest<HTMLElement>("a, button, li") ?? box;
    if (!box || !owner || !loop || query("(prefers-reduced-motion: reduce)")) return;
    const end = new AbortController();
    const on = (name: string, value: boolean) => owner.addEventListener(name, () => setAwake(value), { signal: end.signal });
    if (query("(hover: none)")) {
      const seen = new IntersectionObserver(([entry]) => setAwake(entry?.isIntersecting ?? false), { threshold: SEEN_SHARE });
      seen.observe(box);
      end.signal.addEventListener("abort", () => seen.disconnect());
    }
    on("pointerenter", true);
    on("pointerleave", false);
    on("focusin", true);
    on("focusout", false);
    return () => end.abort();
  }, [loop]);
  return (
    <span className={`living ${className}`} ref={frame}>
      <Picture src={still} alt="" />
      {awake && loop && <video src={loop} muted loop autoPlay playsInline aria-hidden="true" tabIndex={-1} data-testid="living" />}
    </span>
  );
}
