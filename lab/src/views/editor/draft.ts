/** What the editor holds, and how it becomes a request and takes back complaints. */
import { ApiError, NO_MIND_ID, type Avatar, type Llm, type Persona, type Voice } from "../../api";
import type { Tool } from "../../api/tools";

export interface Catalogs {
  avatars: Avatar[];
  voices: Voice[];
  llms: Llm[];
  tools: Tool[];
}

export type Opening = "own" | "line" | "user";
export type Options = Readonly<Record<string, number | string | boolean>>;

/** The editor's own copy. What is null or "" is the server's default. */
export interface Draft {
  name: string;
  description: string;
  systemPrompt: string;
  opening: Opening;
  initialMessage: string;
  uninterruptibleGreeting: boolean;
  languageCode: string;
  avatarId: string;
  avatarModel: string;
  /** A preset's name, "custom" for one's own words, "" for none. */
  style: string;
  customStylePrompt: string;
  expressivity: number | null;
  voiceId: string;
  fallbackVoiceIds: readonly string[];
  voiceGenerationOptions: Options;
  llmId: string;
  fallbackLlmIds: readonly string[];
  toolIds: readonly string[];
  voiceDetectionOptions: Options;
  /** Minutes as they are typed. */
  maxMinutes: string;
  zeroDataRetention: boolean;
}

/** Complaints by the field they are about; those about a part of an object have its name after a dot. */
export type DraftErrors = Readonly<Record<string, string>>;

export const NAME_CHARS_MAX = 255;
export const PROMPT_CHARS_MAX = 200_000;
export const GREETING_CHARS_MAX = 5_000;
export const STYLE_CHARS_MAX = 2_000;

export function blankDraft(catalogs: Catalogs): Draft {
  return {
    name: "",
    description: "",
    systemPrompt: "",
    opening: "own",
    initialMessage: "",
    uninterruptibleGreeting: false,
    languageCode: "",
    avatarId: catalogs.avatars[0]?.id ?? "",
    avatarModel: "",
    style: "",
    customStylePrompt: "",
    expressivity: null,
    voiceId: catalogs.voices[0]?.id ?? "",
    fallbackVoiceIds: [],
    voiceGenerationOptions: {},
    llmId: catalogs.llms.find((llm) => llm.id !== NO_MIND_ID)?.id ?? "",
    fallbackLlmIds: [],
    toolIds: [],
    voiceDetectionOptions: {},
    maxMinutes: "",
    zeroDataRetention: false,
  };
}

export function draftOf(persona: Persona, catalogs: Catalogs): Draft {
  const notes = (persona.directorNotes ?? {}) as { presetStyle?: string; customStylePrompt?: string; expressivity?: number };
  const own = notes.customStylePrompt ?? "";
  const avatar = catalogs.avatars.find((row) => row.id === persona.avatar?.id) ?? persona.avatar;
  const seconds = persona.maxSessionLengthSeconds;
  return {
    name: persona.name ?? "",
    description: persona.description ?? "",
    systemPrompt: persona.brain.systemPrompt ?? "",
    opening: persona.skipGreeting ? "user" : persona.initialMessage ? "line" : "own",
    initialMessage: persona.initialMessage ?? "",
    uninterruptibleGreeting: persona.uninterruptibleGreeting,
    languageCode: persona.languageCode ?? "",
    avatarId: persona.avatar?.id ?? "",
    // The answer always names one; that of the face itself is nobody's choice.
    avatarModel: persona.avatarModel === avatar?.activeVersion ? "" : (persona.avatarModel ?? ""),
    style: notes.presetStyle ?? (own ? "custom" : ""),
    customStylePrompt: own,
    expressivity: notes.expressivity ?? null,
    voiceId: persona.voice?.id ?? "",
    fallbackVoiceIds: persona.fallbackVoiceIds,
    voiceGenerationOptions: (persona.voiceGenerationOptions ?? {}) as Options,
    llmId: persona.llmId ?? "",
    fallbackLlmIds: persona.fallbackLlmIds,
    toolIds: persona.toolIds,
    voiceDetectionOptions: (persona.voiceDetectionOptions ?? {}) as Options,
    maxMinutes: seconds === null ? "" : String(seconds / 60),
    zeroDataRetention: persona.zeroDataRetention,
  };
}

/** Every field as a request has it, with the draft's field that it comes from. */
function fieldsOf(draft: Draft): Record<string, unknown> {
  return {
    name: draft.name.trim(),
    description: draft.description,
    systemPrompt: draft.systemPrompt,
    initialMessage: draft.opening === "line" && draft.initialMessage.trim() !== "" ? draft.initialMessage : null,
    skipGreeting: draft.opening === "user",
    uninterruptibleGreeting: draft.uninterruptibleGreeting,
    languageCode: draft.languageCode.trim() || null,
    avatarId: draft.avatarId || null,
    avatarModel: draft.avatarModel || null,
    directorNotes: notesOf(draft),
    voiceId: draft.voiceId || null,
    fallbackVoiceIds: draft.fallbackVoiceIds,
    voiceGenerationOptions: emptyAsNull(draft.voiceGenerationOptions),
    llmId: draft.llmId || null,
    fallbackLlmIds: draft.fallbackLlmIds,
    toolIds: draft.toolIds,
    voiceDetectionOptions: emptyAsNull(draft.voiceDetectionOptions),
    maxSessionLengthSeconds: draft.maxMinutes.trim() === "" ? null : Number(draft.maxMinutes) * 60,
    zeroDataRetention: draft.zeroDataRetention,
  };
}

function emptyAsNull(options: Options): Options | null {
  return Object.keys(options).length === 0 ? null : options;
}

function notesOf(draft: Draft): Record<string, unknown> | null {
  const notes = {
    ...(draft.style !== "" && draft.style !== "custom" && { presetStyle: draft.style }),
    ...(draft.style === "custom" && draft.customStylePrompt.trim() && { customStylePrompt: draft.customStylePrompt }),
    ...(draft.expressivity !== null && { expressivity: draft.expressivity }),
  };
  return Object.keys(notes).length === 0 ? null : notes;
}

/** For a persona that is new, or lives for one conversation only. */
export function wholeOf(draft: Draft): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fieldsOf(draft)).filter(([, value]) => value !== null));
}

/** Only what differs: an unchanged voice must not be sent, because setting a voice resets its options. */
export function changesOf(draft: Draft, original: Draft): Record<string, unknown> {
  const before = fieldsOf(original);
  return Object.fromEntries(
    Object.entries(fieldsOf(draft)).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])),
  );
}

/** A complaint about one of several is shown below all of them. */
const LISTS: readonly string[] = ["toolIds", "fallbackVoiceIds", "fallbackLlmIds"];

/** Where a complaint about a field of the request is shown. */
const SHOWN_AT: Readonly<Record<string, string>> = {
  maxSessionLengthSeconds: "maxMinutes",
  "directorNotes.presetStyle": "style",
  "directorNotes.customStylePrompt": "customStylePrompt",
  "directorNotes.expressivity": "expressivity",
  directorNotes: "style",
};

/** Sorts the server's complaints to their fields; what belongs to none is for the whole form. */
export function sortComplaints(error: unknown): { fields: DraftErrors; rest: string[] } {
  if (!(error instanceof ApiError)) return { fields: {}, rest: [String(error)] };
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const { path, message } of error.issues) {
    const asked = path.replace(/^personaConfig\./, "");
    const place = SHOWN_AT[asked] ?? asked;
    const first = place.split(".")[0] ?? "";
    if (first in FIELD_PART) fields[LISTS.includes(first) ? first : place] ??= message;
    else rest.push(path ? `${path}: ${message}` : message);
  }
  if (error.issues.length === 0) rest.push(error.message);
  return { fields, rest };
}

export const PARTS = ["character", "face", "voice", "mind", "listening"] as const;
export type Part = (typeof PARTS)[number];

/** The part of the editor where each field is. */
export const FIELD_PART: Readonly<Record<keyof Draft, Part>> = {
  name: "character",
  description: "character",
  systemPrompt: "character",
  opening: "character",
  initialMessage: "character",
  uninterruptibleGreeting: "character",
  languageCode: "character",
  avatarId: "face",
  avatarModel: "face",
  style: "face",
  customStylePrompt: "face",
  expressivity: "face",
  voiceId: "voice",
  fallbackVoiceIds: "voice",
  voiceGenerationOptions: "voice",
  llmId: "mind",
  fallbackLlmIds: "mind",
  toolIds: "mind",
  maxMinutes: "mind",
  zeroDataRetention: "mind",
  voiceDetectionOptions: "listening",
};

export function partsWith(errors: DraftErrors): readonly Part[] {
  const found = Object.keys(errors).map((name) => FIELD_PART[(name.split(".")[0] ?? "") as keyof Draft]);
  return PARTS.filter((part) => found.includes(part));
}
