import { useEffect, useState, useSyncExternalStore } from "react";

import type { Api } from "../../api";
import { Conversation, type Talk } from "./conversation";

/** The conversation of one persona; it ends when the page turns to another one or goes away. */
export function useConversation(api: Api, personaId: string): [Conversation, Talk] {
  const [conversation] = useState(() => new Conversation(api, personaId));
  useEffect(() => {
    const stop = () => conversation.stop();
    addEventListener("pagehide", stop);
    return () => {
      removeEventListener("pagehide", stop);
      stop();
    };
  }, [conversation]);
  return [conversation, useSyncExternalStore(conversation.subscribe, conversation.read)];
}
