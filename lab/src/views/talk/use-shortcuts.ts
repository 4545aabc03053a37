import { useEffect } from "react";

import type { Conversation } from "../../conversation/conversation";

/** While live: Escape interrupts, M mutes the microphone. Letters belong to the text field that has the focus. */
export function useShortcuts(conversation: Conversation, live: boolean): void {
  useEffect(() => {
    if (!live) return;
    function onKey(event: KeyboardEvent) {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector("dialog[open]")) return;
      const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
      if (event.key === "Escape") conversation.interrupt();
      else if (event.key.toLowerCase() === "m" && !typing) conversation.toggleMicrophone();
    }
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [conversation, live]);
}
