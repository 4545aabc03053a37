import { editing as words, voiceOptions as named } from "../../strings/editing";
import { Check, Field } from "../../ui/field";
import { Select } from "../../ui/select";
import { Slider } from "../../ui/slider";
import type { Options } from "./draft";
import type { PartProps } from "./editor-page";
import { inWords } from "./in-words";
import { StandIns, without } from "./stand-ins";
import { optionsOf, type VoiceOption } from "./voice-options";
import { detailOf, VoicePicker } from "./voice-picker";

/** Who speaks, and how. */
export function VoicePart({ draft, errors, catalogs, onChange }: PartProps) {
  const voice = catalogs.voices.find((row) => row.id === draft.voiceId);
  const options = optionsOf(voice);
  const set = (name: string, value: Options[string] | null) => {
    const { [name]: _old, ...others } = draft.voiceGenerationOptions;
    onChange({ voiceGenerationOptions: value === null ? others : { ...others, [name]: value } });
  };
  return (
    <>
      <VoicePicker
        voices={catalogs.voices}
        value={draft.voiceId}
        error={errors.voiceId}
        // A new voice begins with its own way of speaking, as it does on the server.
        onChange={(voiceId) => onChange({ voiceId, voiceGenerationOptions: {}, fallbackVoiceIds: without(voiceId, draft.fallbackVoiceIds) })}
      />
      <StandIns
        kind="voice"
        rows={catalogs.voices.map((row) => ({ id: row.id, name: row.displayName, detail: detailOf(row) }))}
        first={draft.voiceId}
        value={draft.fallbackVoiceIds}
        error={errors.fallbackVoiceIds}
        onChange={(fallbackVoiceIds) => onChange({ fallbackVoiceIds })}
      />
      <section className="editor-group" aria-labelledby="editor-voice-options">
        <h2 id="editor-voice-options">{words.voiceOptions}</h2>
        <p className="field-hint">{options.length > 0 && voice ? words.voiceOptionsHint(voice.provider) : words.voiceNoOptions}</p>
        {options.map((option) => (
          <Option
            key={option.name}
            option={option}
            value={draft.voiceGenerationOptions[option.name]}
            error={errors[`voiceGenerationOptions.${option.name}`]}
            onChange={(value) => set(option.name, value)}
          />
        ))}
      </section>
    </>
  );
}

interface OptionProps {
  option: VoiceOption;
  value: Options[string] | undefined;
  error: string | undefined;
  onChange: (value: Options[string] | null) => void;
}

function Option({ option, value, error, onChange }: OptionProps) {
  const { label = option.name, hint, words: scale } = named[option.name] ?? {};
  const testId = `editor-option-${option.name}`;
  if (option.kind === "flag") return <Check label={label} checked={value === undefined ? option.byDefault : value === true} onChange={onChange} testId={testId} />;
  if (option.kind === "number") {
    return (
      <Slider
        {...option}
        label={label}
        hint={hint}
        error={error}
        value={typeof value === "number" ? value : null}
        say={(shown) => (scale ? inWords(shown, scale) : `${shown.toFixed(2)} ×`)}
        resetLabel={words.resetLabel(label)}
        resetText={words.reset}
        defaultText={words.byDefault}
        onChange={onChange}
        testId={testId}
      />
    );
  }
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) =>
        option.kind === "choice" ? (
          <Select {...control} value={String(value ?? option.byDefault)} onChange={onChange} testId={testId}>
            {option.values.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </Select>
        ) : (
          <input
            {...control}
            className="input"
            maxLength={option.charsMax}
            value={typeof value === "string" ? value : ""}
            onChange={(event) => onChange(event.target.value || null)}
            data-testid={testId}
          />
        )
      }
    </Field>
  );
}
