import { useEffect, useState } from "react";

import { strings } from "../strings";
import { IconButton } from "./button";

/** How long the tick mark stays after copying. */
const SHOWN_MS = 1600;

/** The clipboard needs a secure page; elsewhere the text is selected by hand, and the button stays away. */
export function CopyButton({ text, label = strings.copy }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  if (!window.isSecureContext) return null;
  return (
    <IconButton
      icon={copied ? "check" : "copy"}
      label={copied ? strings.copied : label}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true), () => setCopied(false))}
    />
  );
}
