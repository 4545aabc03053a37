import { NO_MIND_ID, type Llm, type Persona, type ServedBy, type Voice } from "../../api";
import { strings } from "../../strings";
import { Icon } from "../../ui/icon";

const words = strings.servedBy;

/** What ships with the server answers to these provider names. */
const BUILT_IN = /^(visavis|built-?in|builtin)/i;

interface Chip {
  text: string;
  hint: string;
}

function mindChip(llmId: string | null, servedBy: ServedBy | null | undefined): Chip | null {
  if (llmId === NO_MIND_ID) return { text: words.noMind, hint: words.noMindHint };
  if (!servedBy) return null;
  if (BUILT_IN.test(servedBy.provider)) return { text: words.builtInMind, hint: words.builtInMindHint };
  const model = servedBy.model ?? servedBy.provider;
  return { text: model, hint: words.mindHint(servedBy.provider, model) };
}

function voiceChip(servedBy: ServedBy | null | undefined): Chip | null {
  if (!servedBy) return null;
  if (BUILT_IN.test(servedBy.provider)) return { text: words.builtInVoice, hint: words.builtInVoiceHint };
  const model = servedBy.model ?? servedBy.provider;
  return { text: model, hint: words.voiceHint(servedBy.provider, model) };
}

interface ServedByProps {
  persona: Persona;
  voices: readonly Voice[];
  llms: readonly Llm[];
}

/** The truth about who thinks and who speaks, whatever the catalog's names promise. */
export function ServedByChips({ persona, voices, llms }: ServedByProps) {
  const voice = persona.voice?.servedBy ?? voices.find((row) => row.id === persona.voice?.id)?.servedBy;
  const mind = mindChip(persona.llmId, llms.find((row) => row.id === persona.llmId)?.servedBy);
  const spoken = voiceChip(voice);
  if (!mind && !spoken) return null;
  return (
    <ul className="served-by" aria-label={words.label} data-testid="served-by">
      {mind && (
        <li title={mind.hint}>
          <Icon name="mind" size={15} />
          {mind.text}
        </li>
      )}
      {spoken && (
        <li title={spoken.hint}>
          <Icon name="voice" size={15} />
          {spoken.text}
        </li>
      )}
    </ul>
  );
}
