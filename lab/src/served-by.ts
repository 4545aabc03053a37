/** Who really thinks and speaks, whatever the catalog's names promise. */
import { NO_MIND_ID, type Llm, type ServedBy, type Voice } from "./api";
import { strings } from "./strings";

const words = strings.servedBy;

/** The providers that ship with the server and need no key. */
const BUILT_IN: ReadonlySet<string> = new Set(["responder", "echo", "script", "flite", "festival", "espeak", "tone"]);

export interface Server {
  name: string;
  /** One sentence more. */
  hint: string;
}

/** Who thinks for a persona with this mind; null if the server does not say. */
export function mindServer(llmId: string | null, llm: Llm | undefined): Server | null {
  if (llmId === NO_MIND_ID) return { name: words.noMind, hint: words.noMindHint };
  return server(llm?.servedBy, { name: words.builtInMind, hint: words.builtInMindHint }, words.mindHint);
}

export function voiceServer(voice: Voice | undefined): Server | null {
  return server(voice?.servedBy, { name: words.builtInVoice, hint: words.builtInVoiceHint }, words.voiceHint);
}

function server(
  servedBy: ServedBy | null | undefined,
  builtIn: Server,
  hint: (provider: string, model: string) => string,
): Server | null {
  if (!servedBy) return null;
  if (BUILT_IN.has(servedBy.provider)) return builtIn;
  const model = servedBy.model ?? servedBy.provider;
  return { name: model, hint: hint(servedBy.provider, model) };
}
