import { useState } from "react";

import { Icon } from "./icon";

/** A still of a face; a drawn placeholder where there is none or it does not load. */
export function Picture({ src, alt, className = "" }: { src: string | null | undefined; alt: string; className?: string }) {
  const [broken, setBroken] = useState<string | null>(null);
  if (!src || broken === src) {
    return (
      <span className={`picture picture-none ${className}`} role={alt === "" ? undefined : "img"} aria-label={alt || undefined}>
        <Icon name="face" />
      </span>
    );
  }
  return (
    <img className={`picture ${className}`} src={src} alt={alt} loading="lazy" decoding="async" onError={() => setBroken(src)} />
  );
}
