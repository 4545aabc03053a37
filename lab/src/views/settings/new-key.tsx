import { useState, type FormEvent } from "react";

import type { Api } from "../../api";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { CopyButton } from "../../ui/copy";
import { Dialog } from "../../ui/dialog";
import { Check, Field, FieldError } from "../../ui/field";
import { FormDialog, useComplaints } from "../../ui/form-dialog";
import { Notice } from "../../ui/notice";

const words = strings.settings.keys;

/** What a key can be granted, as docs/keys.md lists it. */
const NOUNS = [
  "personas",
  "avatars",
  "voices",
  "llms",
  "tools",
  "knowledge",
  "share-links",
  "sessions",
  "meetings",
  "webhooks",
  "provider-secrets",
  "keys",
];
const READING = [...NOUNS.map((noun) => `${noun}:read`), "server:read"];
const WRITING = NOUNS.map((noun) => `${noun}:write`);

type Preset = keyof typeof words.presets;

export function NewKeyDialog({ api, onClose }: { api: Api; onClose: () => void }) {
  const [label, setLabel] = useState("");
  const [preset, setPreset] = useState<Preset>("all");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [made, setMade] = useState<string | null>(null);
  const complaints = useComplaints(["label", "permissions"]);
  const granted = { all: ["*"], talk: ["sessions:write"], read: READING, own: chosen }[preset];
  if (made !== null) return <Made secret={made} onClose={onClose} />;
  function submit(event: FormEvent) {
    event.preventDefault();
    void complaints.during(async () => setMade((await api.server.createKey(label.trim(), granted)).key));
  }
  return (
    <FormDialog
      title={words.create}
      complaints={complaints}
      ready={label.trim() !== "" && granted.length > 0}
      saveLabel={words.make}
      onClose={onClose}
      onSubmit={submit}
      testId="key-dialog"
    >
      <Field label={words.label} error={complaints.of("label")}>
        {(control) => (
          <input
            {...control}
            className="input"
            value={label}
            maxLength={255}
            placeholder={words.labelPlaceholder}
            onChange={(event) => setLabel(event.target.value)}
            data-testid="key-label"
          />
        )}
      </Field>
      <fieldset className="kinds">
        <legend className="field-label">{words.rights}</legend>
        {(Object.keys(words.presets) as Preset[]).map((name) => (
          <label key={name} className="kind">
            <input type="radio" name="preset" checked={preset === name} onChange={() => setPreset(name)} data-testid={`key-${name}`} />
            <span>
              <b>{words.presets[name][0]}</b>
              <span>{words.presets[name][1]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {preset === "own" && (
        <fieldset className="field">
          <legend className="visually-hidden">{words.permission}</legend>
          <div className="permissions">
            {[...READING, ...WRITING].sort().map((permission) => (
              <Check
                key={permission}
                label={permission}
                checked={chosen.includes(permission)}
                onChange={(wanted) => setChosen(wanted ? [...chosen, permission] : chosen.filter((one) => one !== permission))}
              />
            ))}
          </div>
        </fieldset>
      )}
      <FieldError error={complaints.of("permissions")} />
    </FormDialog>
  );
}

function Made({ secret, onClose }: { secret: string; onClose: () => void }) {
  const footer = (
    <Button look="primary" onClick={onClose} data-testid="key-done">
      {words.done}
    </Button>
  );
  return (
    <Dialog title={words.madeTitle} onClose={onClose} footer={footer}>
      <Notice tone="warn">{words.made}</Notice>
      <Field label={words.keyLabel}>
        {(control) => <input {...control} className="input mono" readOnly value={secret} onFocus={(event) => event.target.select()} data-testid="key-secret" />}
      </Field>
      <CopyButton text={secret} label={words.copy} />
    </Dialog>
  );
}
