import { useState } from "react";

import { editing as words } from "../../strings/editing";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Check, Field } from "../../ui/field";
import { Select } from "../../ui/select";
import { NAME_CHARS_MAX, PROMPT_CHARS_MAX, type Opening } from "./draft";
import type { PartProps } from "./editor-page";

/** About how many characters of English make one token of a language model. */
const CHARS_PER_TOKEN = 4;
/** From here on a prompt can be felt in the time to the first word. */
const LONG_CHARS = 8_000;

/** Who the persona is and how it begins. */
export function CharacterPart({ draft, errors, onChange }: PartProps) {
  return (
    <>
      <Field label={strings.editor.name} error={errors.name}>
        {(control) => (
          <input
            {...control}
            className="input"
            value={draft.name}
            maxLength={NAME_CHARS_MAX}
            placeholder={strings.editor.namePlaceholder}
            autoComplete="off"
            onChange={(event) => onChange({ name: event.target.value })}
            data-testid="editor-name"
          />
        )}
      </Field>
      <Prompt draft={draft} errors={errors} onChange={onChange} />
      <Greeting draft={draft} errors={errors} onChange={onChange} />
      <Field label={words.language} hint={words.languageHint} error={errors.languageCode}>
        {(control) => (
          <input
            {...control}
            className="input input-short"
            value={draft.languageCode}
            placeholder="en"
            autoComplete="off"
            autoCapitalize="none"
            onChange={(event) => onChange({ languageCode: event.target.value })}
            data-testid="editor-language"
          />
        )}
      </Field>
      <Field label={strings.editor.description} hint={strings.editor.descriptionHint} error={errors.description}>
        {(control) => (
          <input
            {...control}
            className="input"
            value={draft.description}
            autoComplete="off"
            onChange={(event) => onChange({ description: event.target.value })}
            data-testid="editor-description"
          />
        )}
      </Field>
    </>
  );
}

type Some = Pick<PartProps, "draft" | "errors" | "onChange">;

function Prompt({ draft, errors, onChange }: Some) {
  const [replaced, setReplaced] = useState<string | null>(null);
  const { length } = draft.systemPrompt;
  const count = [
    words.characters(length.toLocaleString(), PROMPT_CHARS_MAX.toLocaleString()),
    words.tokens(Math.ceil(length / CHARS_PER_TOKEN).toLocaleString()),
    length > LONG_CHARS && words.long,
  ].filter(Boolean);
  function take(name: string) {
    const template = words.templates.find((template) => template.name === name);
    if (!template) return;
    setReplaced(draft.systemPrompt.trim() === "" ? null : draft.systemPrompt);
    onChange({ systemPrompt: template.text });
  }
  return (
    <div className="prompt">
      <div className="prompt-tools">
        <Select quiet label={words.template} value="" onChange={take} testId="editor-template">
          <option value="" disabled>
            {words.template}
          </option>
          {words.templates.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
        {replaced !== null && (
          <Button
            look="ghost"
            onClick={() => {
              onChange({ systemPrompt: replaced });
              setReplaced(null);
            }}
            data-testid="editor-template-undo"
          >
            {words.templateUndo}
          </Button>
        )}
      </div>
      <Field label={strings.editor.prompt} hint={count.join(" · ")} error={errors.systemPrompt}>
        {(control) => (
          <textarea
            {...control}
            className="input"
            rows={10}
            value={draft.systemPrompt}
            maxLength={PROMPT_CHARS_MAX}
            placeholder={strings.editor.promptPlaceholder}
            onChange={(event) => onChange({ systemPrompt: event.target.value })}
            data-testid="editor-prompt"
          />
        )}
      </Field>
    </div>
  );
}

const OPENINGS = Object.entries(words.openings) as [Opening, string][];

function Greeting({ draft, errors, onChange }: Some) {
  return (
    <>
      <Field label={words.opening}>
        {(control) => (
          <Select {...control} value={draft.opening} onChange={(opening) => onChange({ opening: opening as Opening })} testId="editor-opening">
            {OPENINGS.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {draft.opening === "line" && (
        <Field label={words.greetingLabel} hint={words.greetingHint} error={errors.initialMessage}>
          {(control) => (
            <input
              {...control}
              className="input"
              value={draft.initialMessage}
              autoComplete="off"
              onChange={(event) => onChange({ initialMessage: event.target.value })}
              data-testid="editor-greeting"
            />
          )}
        </Field>
      )}
      {draft.opening !== "user" && (
        <Check
          label={words.uninterruptible}
          checked={draft.uninterruptibleGreeting}
          onChange={(uninterruptibleGreeting) => onChange({ uninterruptibleGreeting })}
        />
      )}
    </>
  );
}
