import { strings } from "../../strings";
import { Check, Field } from "../../ui/field";
import { AvatarPicker } from "./avatar-picker";
import type { Catalogs, Draft, DraftErrors } from "./draft";
import { MindPicker } from "./mind-picker";
import { VoicePicker } from "./voice-picker";

const words = strings.editor;

export interface EditorFieldsProps {
  draft: Draft;
  errors: DraftErrors;
  catalogs: Catalogs;
  onChange: (part: Partial<Draft>) => void;
}

/** Looks and sound on the left, character on the right. */
export function EditorFields({ draft, errors, catalogs, onChange }: EditorFieldsProps) {
  return (
    <div className="editor">
      <div className="editor-side">
        <AvatarPicker
          avatars={catalogs.avatars}
          value={draft.avatarId}
          error={errors.avatarId}
          onChange={(avatarId) => onChange({ avatarId })}
        />
        <VoicePicker
          voices={catalogs.voices}
          value={draft.voiceId}
          error={errors.voiceId}
          onChange={(voiceId) => onChange({ voiceId })}
        />
      </div>
      <div className="editor-side">
        <NameField draft={draft} errors={errors} onChange={onChange} />
        <MindPicker
          llms={catalogs.llms}
          value={draft.llmId}
          error={errors.llmId}
          onChange={(llmId) => onChange({ llmId })}
        />
        <CharacterFields draft={draft} errors={errors} onChange={onChange} />
      </div>
    </div>
  );
}

type TextFieldsProps = Omit<EditorFieldsProps, "catalogs">;

function NameField({ draft, errors, onChange }: TextFieldsProps) {
  return (
    <Field label={words.name} error={errors.name}>
      {(control) => (
        <input
          {...control}
          className="input"
          value={draft.name}
          placeholder={words.namePlaceholder}
          autoComplete="off"
          onChange={(event) => onChange({ name: event.target.value })}
          data-testid="editor-name"
        />
      )}
    </Field>
  );
}

function CharacterFields({ draft, errors, onChange }: TextFieldsProps) {
  return (
    <>
      <Field label={words.prompt} hint={words.promptHint} error={errors.systemPrompt}>
        {(control) => (
          <textarea
            {...control}
            className="input"
            rows={6}
            value={draft.systemPrompt}
            placeholder={words.promptPlaceholder}
            onChange={(event) => onChange({ systemPrompt: event.target.value })}
            data-testid="editor-prompt"
          />
        )}
      </Field>
      <Field label={words.greeting} error={errors.initialMessage}>
        {(control) => (
          <input
            {...control}
            className="input"
            value={draft.initialMessage}
            placeholder={words.greetingPlaceholder}
            disabled={draft.skipGreeting}
            autoComplete="off"
            onChange={(event) => onChange({ initialMessage: event.target.value })}
            data-testid="editor-greeting"
          />
        )}
      </Field>
      <Check
        label={words.skipGreeting}
        checked={draft.skipGreeting}
        onChange={(skipGreeting) => onChange({ skipGreeting })}
        testId="editor-skip-greeting"
      />
      <Field label={words.description} hint={words.descriptionHint} error={errors.description}>
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
