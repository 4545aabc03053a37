/** Captions as television shows them: a page that fills with the words as they are spoken, then the next page. */
import { MessageRole, type MessageStreamEvent } from "@anam-ai/js-sdk";

export interface Caption {
  id: string;
  /** What this page has shown so far. */
  before: string;
  /** The words that are spoken right now. */
  now: string;
}

/** About two lines on the stage. */
const PAGE_CHARS = 84;
/** A page that ends with a sentence and is at least this long makes room for the next sentence. */
const PAGE_CHARS_MIN = 40;

export function captionAfter(caption: Caption | null, event: MessageStreamEvent): Caption | null {
  if (event.role !== MessageRole.PERSONA || event.content === "") return caption;
  if (caption?.id !== event.id) return page(event);
  const shown = caption.before + caption.now;
  const sentenceOver = /[.!?…]["'”’)]?\s*$/.test(shown) && shown.length >= PAGE_CHARS_MIN;
  if (sentenceOver || shown.length + event.content.length > PAGE_CHARS) return page(event);
  return { id: event.id, before: shown, now: event.content };
}

function page(event: MessageStreamEvent): Caption {
  return { id: event.id, before: "", now: event.content.trimStart() };
}
