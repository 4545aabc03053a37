import { editing as words } from "../../strings/editing";
import { Slider } from "../../ui/slider";
import type { PartProps } from "./editor-page";
import { inWords } from "./in-words";

interface Dial {
  name: keyof typeof words.listening;
  min: number;
  max: number;
  step: number;
  byDefault: number;
}

/** As the server begins where nobody chose. Silences go further over the API than anybody slides. */
const DIALS: readonly Dial[] = [
  { name: "endOfSpeechSensitivity", min: 0, max: 1, step: 0.05, byDefault: 0.5 },
  { name: "silenceBeforeAutoEndTurnSeconds", min: 0.5, max: 10, step: 0.5, byDefault: 5 },
  { name: "silenceBeforeSkipTurnSeconds", min: 0, max: 120, step: 5, byDefault: 15 },
  { name: "silenceBeforeSessionEndSeconds", min: 0, max: 1800, step: 30, byDefault: 60 },
];

const MINUTE_S = 60;

function say(dial: Dial, value: number): string {
  const told = words.listening[dial.name];
  if ("words" in told) return inWords(value, told.words);
  if (value === 0) return words.never;
  if (value < 2 * MINUTE_S) return words.seconds(String(value));
  return words.minutes(String(Math.round((value / MINUTE_S) * 10) / 10));
}

/** Whose turn it is, in plain words. */
export function ListeningPart({ draft, errors, onChange }: PartProps) {
  const options = draft.voiceDetectionOptions;
  const set = (name: string, value: number | null) => {
    const { [name]: _old, ...others } = options;
    onChange({ voiceDetectionOptions: value === null ? others : { ...others, [name]: value } });
  };
  return (
    <>
      <p className="editor-lead">{words.listeningLead}</p>
      {DIALS.map((dial) => {
        const { label, hint } = words.listening[dial.name];
        const value = options[dial.name];
        return (
          <Slider
            key={dial.name}
            {...dial}
            max={typeof value === "number" ? Math.max(dial.max, value) : dial.max}
            label={label}
            hint={hint}
            error={errors[`voiceDetectionOptions.${dial.name}`]}
            value={typeof value === "number" ? value : null}
            say={(shown) => say(dial, shown)}
            resetLabel={words.resetLabel(label)}
            resetText={words.reset}
            defaultText={words.byDefault}
            onChange={(chosen) => set(dial.name, chosen)}
            testId={`editor-${dial.name}`}
          />
        );
      })}
    </>
  );
}
