import { useCallback, useEffect, useRef, useState, useSyncExternalStore, type RefCallback, type RefObject } from "react";

import { Conversation, type Door, type Talk } from "./conversation";

export interface Conversing {
  conversation: Conversation;
  talk: Talk;
  /** For the element that shows the persona. */
  screen: RefCallback<HTMLVideoElement>;
  /** The same element, for those who only look at it. */
  video: RefObject<HTMLVideoElement | null>;
}

/** A conversation that ends when what shows it, or the page, goes away. `door` is looked at once. */
export function useConversation(door: Door): Conversing {
  const [conversation] = useState(() => new Conversation(door));
  const video = useRef<HTMLVideoElement>(null);
  const screen = useCallback(
    (element: HTMLVideoElement | null) => {
      video.current = element;
      conversation.show(element);
    },
    [conversation],
  );
  useEffect(() => {
    const stop = () => conversation.stop();
    addEventListener("pagehide", stop);
    return () => {
      removeEventListener("pagehide", stop);
      stop();
    };
  }, [conversation]);
  return { conversation, talk: useSyncExternalStore(conversation.subscribe, conversation.read), screen, video };
}
