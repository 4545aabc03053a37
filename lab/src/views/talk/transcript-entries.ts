/** The transcript as a value: pure steps from one list of entries to the next. */
import { MessageRole, type Message, type MessageStreamEvent } from "@anam-ai/js-sdk";

export interface Entry {
  id: string;
  who: "user" | "persona";
  text: string;
  /** Nothing will be added to it. */
  done: boolean;
  interrupted: boolean;
  /** Written in the text box; the server may or may not echo it. */
  typed: boolean;
  /** From the end of the user's turn to this answer's first word, milliseconds. */
  latencyMs: number | null;
}

/** Longer conversations keep their latest part only. */
const ENTRIES_MAX = 500;

function add(entries: readonly Entry[], entry: Entry): readonly Entry[] {
  return [...entries, entry].slice(-ENTRIES_MAX);
}

function replace(entries: readonly Entry[], id: string, change: (entry: Entry) => Entry): readonly Entry[] {
  return entries.map((entry) => (entry.id === id ? change(entry) : entry));
}

export function withTyped(entries: readonly Entry[], id: string, text: string): readonly Entry[] {
  return add(entries, { id, who: "user", text, done: true, interrupted: false, typed: true, latencyMs: null });
}

/** Adds words as they are spoken. A server that echoes typed text does not make it appear twice. */
export function withWords(entries: readonly Entry[], event: MessageStreamEvent, latencyMs: number | null): readonly Entry[] {
  if (event.role === MessageRole.USER) return withUserWords(entries, event);
  if (!entries.some((entry) => entry.id === event.id)) {
    // A turn that closes without a word, such as a greeting cut at once, leaves no empty bubble.
    if (event.content === "") return entries;
    return add(entries, {
      id: event.id,
      who: "persona",
      text: event.content,
      done: event.endOfSpeech,
      interrupted: event.interrupted,
      typed: false,
      latencyMs,
    });
  }
  return replace(entries, event.id, (entry) => ({
    ...entry,
    text: entry.text + event.content,
    done: entry.done || event.endOfSpeech,
    interrupted: entry.interrupted || event.interrupted,
  }));
}

function withUserWords(entries: readonly Entry[], event: MessageStreamEvent): readonly Entry[] {
  const echoed = entries.findLast((entry) => entry.typed && entry.text === event.content);
  if (echoed) return replace(entries, echoed.id, (entry) => ({ ...entry, id: event.id }));
  const { id, content: text } = event;
  return add(entries, { id, who: "user", text, done: true, interrupted: false, typed: false, latencyMs: null });
}

/** Takes the finished messages as the SDK keeps them; they are the truth about what was said. */
export function withHistory(entries: readonly Entry[], messages: readonly Message[]): readonly Entry[] {
  const known = new Map(messages.map((message) => [message.id, message]));
  return entries.map((entry) => {
    const message = known.get(entry.id);
    if (!message || entry.who === "user") return entry;
    return { ...entry, text: message.content, interrupted: message.interrupted ?? entry.interrupted };
  });
}

/** Plain text for the clipboard. */
export function transcriptText(entries: readonly Entry[], you: string, persona: string): string {
  return entries.map((entry) => `${entry.who === "user" ? you : persona}: ${entry.text.trim()}`).join("\n");
}
