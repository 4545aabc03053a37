/** What the form holds, and how it becomes a request and takes back complaints. */
import { ApiError, NO_MIND_ID, type Avatar, type Llm, type Persona, type PersonaFields, type Voice } from "../../api";

export interface Catalogs {
  avatars: Avatar[];
  voices: Voice[];
  llms: Llm[];
}

/** The form's own copy; an empty greeting is "" here and null on the wire. */
export interface Draft extends Omit<PersonaFields, "initialMessage"> {
  initialMessage: string;
}

export type DraftErrors = Partial<Record<keyof Draft, string>>;

export function draftOf(persona: Persona | null, catalogs: Catalogs): Draft {
  if (persona) {
    return {
      name: persona.name ?? "",
      description: persona.description ?? "",
      avatarId: persona.avatar?.id ?? "",
      voiceId: persona.voice?.id ?? "",
      llmId: persona.llmId ?? "",
      systemPrompt: persona.brain.systemPrompt ?? "",
      initialMessage: persona.initialMessage ?? "",
      skipGreeting: persona.skipGreeting,
    };
  }
  return {
    name: "",
    description: "",
    avatarId: catalogs.avatars[0]?.id ?? "",
    voiceId: catalogs.voices[0]?.id ?? "",
    llmId: catalogs.llms.find((llm) => llm.id !== NO_MIND_ID)?.id ?? "",
    systemPrompt: "",
    initialMessage: "",
    skipGreeting: false,
  };
}

/** What leaves the form: empty references are left out, since the server looks every given id up. */
export function fieldsOf(draft: Draft): Partial<PersonaFields> {
  const { initialMessage, avatarId, voiceId, llmId, ...rest } = draft;
  return {
    ...rest,
    name: draft.name.trim(),
    initialMessage: initialMessage.trim() === "" ? null : initialMessage,
    ...(avatarId && { avatarId }),
    ...(voiceId && { voiceId }),
    ...(llmId && { llmId }),
  };
}

/** Only what differs: an unchanged voice must not be sent, because setting a voice resets its options. */
export function changesOf(draft: Draft, original: Draft): Partial<PersonaFields> {
  const before = fieldsOf(original);
  const entries = Object.entries(fieldsOf(draft)) as [keyof PersonaFields, unknown][];
  return Object.fromEntries(entries.filter(([name, value]) => value !== before[name]));
}

const FIELDS: readonly (keyof Draft)[] = [
  "name",
  "description",
  "avatarId",
  "voiceId",
  "llmId",
  "systemPrompt",
  "initialMessage",
  "skipGreeting",
];

/** Sorts the server's complaints to their fields; what belongs to none is for the whole form. */
export function sortComplaints(error: unknown): { fields: DraftErrors; rest: string[] } {
  if (!(error instanceof ApiError)) return { fields: {}, rest: [String(error)] };
  const fields: DraftErrors = {};
  const rest: string[] = [];
  for (const issue of error.issues) {
    const field = FIELDS.find((name) => issue.path.split(".").includes(name));
    if (field) fields[field] ??= issue.message;
    else rest.push(issue.path ? `${issue.path}: ${issue.message}` : issue.message);
  }
  if (error.issues.length === 0) rest.push(error.message);
  return { fields, rest };
}
