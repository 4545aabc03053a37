import { useEffect, useState } from "react";

import { strings } from "../strings";
import { Button, IconButton } from "./button";

/** How long the tick mark stays after copying. */
const SHOWN_MS = 1600;

/** With a `label` a button with text, without one an icon. The clipboard needs a secure page; elsewhere the text is selected by hand, and the button stays away. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  if (!window.isSecureContext) return null;
  const icon = copied ? "check" : "copy";
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true), () => setCopied(false));
  if (label === undefined) return <IconButton icon={icon} label={copied ? strings.copied : strings.copy} onClick={copy} />;
  return (
    <Button look="ghost" icon={icon} onClick={copy}>
      {copied ? strings.copied : label}
    </Button>
  );
}
