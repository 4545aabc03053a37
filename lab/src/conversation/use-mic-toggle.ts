import type { Conversation, Talk } from "./conversation";
import { useMicLevel } from "./use-mic-level";

/** What every button that mutes the microphone has, however it looks; the loudness is in its --level. */
export function useMicToggle(conversation: Conversation, { mic, micStream }: Talk) {
  const usable = mic === "on" || mic === "muted";
  const button = {
    ref: useMicLevel(mic === "on" ? micStream : null),
    type: "button",
    disabled: !usable,
    "aria-pressed": mic === "muted",
    onClick: () => conversation.toggleMicrophone(),
    "data-testid": "mic-toggle",
  } as const;
  return { usable, icon: mic === "on" ? "mic" : "micOff", button } as const;
}
