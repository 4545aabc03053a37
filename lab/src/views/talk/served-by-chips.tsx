import type { Llm, Persona, Voice } from "../../api";
import { mindServer, voiceServer } from "../../served-by";
import { strings } from "../../strings";
import { Icon } from "../../ui/icon";

interface ServedByProps {
  persona: Persona;
  voices: readonly Voice[];
  llms: readonly Llm[];
}

export function ServedByChips({ persona, voices, llms }: ServedByProps) {
  const llm = llms.find((row) => row.id === persona.llmId);
  const voice = voices.find((row) => row.id === persona.voice?.id);
  const chips = [
    { icon: "mind", server: mindServer(persona.llmId, llm) },
    { icon: "voice", server: voiceServer(voice) },
  ] as const;
  return (
    <ul className="served-by" aria-label={strings.servedBy.label} data-testid="served-by">
      {chips.map(
        ({ icon, server }) =>
          server && (
            <li key={icon} title={server.hint}>
              <Icon name={icon} size={15} />
              {server.name}
            </li>
          ),
      )}
    </ul>
  );
}
