/** What happened in a conversation as a value: pure steps from one list of entries to the next. */
import { MessageRole, type Message, type MessageStreamEvent } from "@anam-ai/js-sdk";

export interface Line {
  kind: "line";
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

/** What the mind thought before it spoke, where it shows that. */
export interface Thought {
  kind: "thought";
  id: string;
  text: string;
  done: boolean;
}

export interface ToolUse {
  kind: "tool";
  id: string;
  name: string;
  /** "client" runs in the page, "server" on the server; the subtype says which kind. */
  type: string;
  given: unknown;
  state: "running" | "done" | "failed";
  answer: unknown;
  problem: string | null;
  tookMs: number | null;
  documents: readonly string[];
}

export type Entry = Line | Thought | ToolUse;
export type Entries = readonly Entry[];

/** Longer conversations keep their latest part only. */
const ENTRIES_MAX = 500;

function add(entries: Entries, entry: Entry): Entries {
  return [...entries, entry].slice(-ENTRIES_MAX);
}

function replace<T extends Entry>(entries: Entries, kind: T["kind"], id: string, change: (entry: T) => T): Entries {
  return entries.map((entry) => (entry.kind === kind && entry.id === id ? change(entry as T) : entry));
}

const BLANK: Omit<Line, "id" | "who" | "text"> = {
  kind: "line",
  done: true,
  interrupted: false,
  typed: false,
  latencyMs: null,
};

export function withTyped(entries: Entries, id: string, text: string): Entries {
  return add(entries, { ...BLANK, id, who: "user", text, typed: true });
}

/** Adds words as they are spoken. A server that echoes typed text does not make it appear twice. */
export function withWords(entries: Entries, event: MessageStreamEvent, latencyMs: number | null): Entries {
  if (event.role === MessageRole.USER) return withUserWords(entries, event);
  const { id, content: text, endOfSpeech: done, interrupted } = event;
  if (!entries.some((entry) => entry.kind === "line" && entry.id === id)) {
    // A turn that closes without a word, such as a greeting cut at once, leaves no empty bubble.
    return text === "" ? entries : add(entries, { ...BLANK, id, who: "persona", text, done, interrupted, latencyMs });
  }
  return replace<Line>(entries, "line", id, (line) => ({
    ...line,
    text: line.text + text,
    done: line.done || done,
    interrupted: line.interrupted || interrupted,
  }));
}

function withUserWords(entries: Entries, event: MessageStreamEvent): Entries {
  const echoed = entries.findLast((entry) => entry.kind === "line" && entry.typed && entry.text === event.content);
  if (echoed) return replace<Line>(entries, "line", echoed.id, (line) => ({ ...line, id: event.id }));
  return add(entries, { ...BLANK, id: event.id, who: "user", text: event.content });
}

/** Takes the finished messages as the SDK keeps them; they are the truth about what was said. */
export function withHistory(entries: Entries, messages: readonly Message[]): Entries {
  const known = new Map(messages.map((message) => [message.id, message]));
  return entries.map((entry) => {
    const message = known.get(entry.id);
    if (entry.kind !== "line" || !message || entry.who === "user") return entry;
    return { ...entry, text: message.content, interrupted: message.interrupted ?? entry.interrupted };
  });
}

export function withThought(entries: Entries, id: string, text: string, done: boolean): Entries {
  if (!entries.some((entry) => entry.kind === "thought" && entry.id === id)) {
    return text === "" ? entries : add(entries, { kind: "thought", id, text, done });
  }
  return replace<Thought>(entries, "thought", id, (thought) => ({ ...thought, text: thought.text + text, done }));
}

export function withToolUse(entries: Entries, use: Pick<ToolUse, "id" | "name" | "type" | "given">): Entries {
  if (entries.some((entry) => entry.kind === "tool" && entry.id === use.id)) return entries;
  return add(entries, {
    ...use,
    kind: "tool",
    state: "running",
    answer: undefined,
    problem: null,
    tookMs: null,
    documents: [],
  });
}

/** The first end of a call counts: clients tell some of them twice. */
export function withToolEnd(entries: Entries, id: string, end: Partial<Omit<ToolUse, "kind" | "id">>): Entries {
  return replace<ToolUse>(entries, "tool", id, (use) => (use.state === "running" ? { ...use, ...end } : use));
}

/** Plain text for the clipboard: what was said. */
export function transcriptText(entries: Entries, you: string, persona: string): string {
  const lines = entries.filter((entry) => entry.kind === "line");
  return lines.map((line) => `${line.who === "user" ? you : persona}: ${line.text.trim()}`).join("\n");
}
