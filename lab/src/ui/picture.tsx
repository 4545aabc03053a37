import { useEffect, useState } from "react";

import { Icon } from "./icon";
import { takeTurn } from "./turn";

type Shown = { src: string; state: "there" | "broken" };

/** A still of a face; a drawn placeholder where there is none, until it is there, or when it does not load. */
export function Picture({ src, alt, className = "" }: { src: string | null | undefined; alt: string; className?: string }) {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    if (!src) return;
    const loader = new Image();
    const leave = takeTurn(() => (loader.src = src));
    const end = (state: Shown["state"]) => () => {
      leave();
      setShown({ src, state });
    };
    loader.onload = end("there");
    loader.onerror = end("broken");
    return () => {
      loader.onload = loader.onerror = null;
      loader.removeAttribute("src"); // Whoever has left waits for it no more.
      leave();
    };
  }, [src]);
  const waits = Boolean(src) && shown?.src !== src;
  // The one before stays until the next one is there, so that nothing flickers.
  if (src && shown?.state === "there") return <img className={`picture ${className}`} src={shown.src} alt={alt} />;
  return (
    <span
      className={`picture picture-none ${className}`}
      role={alt === "" ? undefined : "img"}
      aria-label={alt || undefined}
      data-waits={waits || undefined}
    >
      {!waits && <Icon name="face" />}
    </span>
  );
}
