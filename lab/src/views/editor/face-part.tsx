import { editing as words } from "../../strings/editing";
import { Field } from "../../ui/field";
import { Select } from "../../ui/select";
import { Slider } from "../../ui/slider";
import { AvatarPicker } from "./avatar-picker";
import { STYLE_CHARS_MAX } from "./draft";
import type { PartProps } from "./editor-page";
import { inWords } from "./in-words";

const MODELS = Object.keys(words.models).filter((model) => model !== "");

/** How the persona looks and plays. */
export function FacePart({ draft, errors, catalogs, onChange }: PartProps) {
  const avatar = catalogs.avatars.find((row) => row.id === draft.avatarId);
  const offered = avatar?.availableVersions ?? MODELS;
  return (
    <>
      <AvatarPicker
        avatars={catalogs.avatars}
        value={draft.avatarId}
        error={errors.avatarId}
        onChange={(avatarId) => {
          const versions = catalogs.avatars.find((row) => row.id === avatarId)?.availableVersions ?? MODELS;
          onChange({ avatarId, ...(!versions.includes(draft.avatarModel) && { avatarModel: "" }) });
        }}
      />
      <Field label={words.model} error={errors.avatarModel}>
        {(control) => (
          <Select {...control} value={draft.avatarModel} onChange={(avatarModel) => onChange({ avatarModel })} testId="editor-model">
            {["", ...offered].map((model) => (
              <option key={model} value={model}>
                {words.models[model] ?? model}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Direction draft={draft} errors={errors} onChange={onChange} />
    </>
  );
}

function Direction({ draft, errors, onChange }: Pick<PartProps, "draft" | "errors" | "onChange">) {
  return (
    <section className="editor-group" aria-labelledby="editor-direction">
      <h2 id="editor-direction">{words.direction}</h2>
      <p className="field-hint">{words.directionHint}</p>
      <Field label={words.style} error={errors.style}>
        {(control) => (
          <Select {...control} value={draft.style} onChange={(style) => onChange({ style })} testId="editor-style">
            <option value="">{words.noStyle}</option>
            {Object.entries(words.styles).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
            <option value="custom">{words.ownStyle}</option>
          </Select>
        )}
      </Field>
      {draft.style === "custom" && (
        <Field
          label={words.ownStyleLabel}
          hint={words.characters(draft.customStylePrompt.length.toLocaleString(), STYLE_CHARS_MAX.toLocaleString())}
          error={errors.customStylePrompt}
        >
          {(control) => (
            <textarea
              {...control}
              className="input"
              rows={3}
              maxLength={STYLE_CHARS_MAX}
              value={draft.customStylePrompt}
              placeholder={words.ownStylePlaceholder}
              onChange={(event) => onChange({ customStylePrompt: event.target.value })}
              data-testid="editor-style-words"
            />
          )}
        </Field>
      )}
      <Slider
        label={words.expressivity}
        error={errors.expressivity}
        value={draft.expressivity}
        byDefault={0.5}
        min={0}
        max={1}
        step={0.05}
        say={(value) => inWords(value, words.expressivityWords)}
        resetLabel={words.resetLabel(words.expressivity)}
        resetText={words.reset}
        defaultText={words.byDefault}
        onChange={(expressivity) => onChange({ expressivity })}
        testId="editor-expressivity"
      />
    </section>
  );
}
