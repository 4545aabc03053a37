import { useState, type FormEvent } from "react";

import type { Api, Voice } from "../../api";
import { strings } from "../../strings";
import { Segmented } from "../../ui/choice";
import { DropZone } from "../../ui/drop-zone";
import { Check, Field } from "../../ui/field";
import { FormDialog, useComplaints, type Complaints } from "../../ui/form-dialog";
import { Progress } from "../../ui/progress";
import { Select } from "../../ui/select";

const words = strings.voices.add;

/** The contract's own four and the others that speak here. */
const PROVIDERS = ["ELEVENLABS", "CARTESIA", "OPENAI_ADVANCED_VOICE", "FISH_AUDIO", "AZURE", "DEEPGRAM", "PIPER"];

interface Draft {
  name: string;
  provider: string;
  voiceId: string;
  model: string;
  gender: string;
  country: string;
  description: string;
  language: string;
}

const EMPTY: Draft = {
  name: "",
  provider: PROVIDERS[0] ?? "",
  voiceId: "",
  model: "",
  gender: "",
  country: "",
  description: "",
  language: "en",
};

interface AddVoiceProps {
  api: Api;
  onClose: () => void;
  onAdded: (voice: Voice) => void;
}

export function AddVoice({ api, onClose, onAdded }: AddVoiceProps) {
  const [how, setHow] = useState<"import" | "clone">("import");
  const [draft, setDraft] = useState(EMPTY);
  const [recording, setRecording] = useState<File | null>(null);
  const [allowed, setAllowed] = useState(false);
  const [sent, setSent] = useState<number | null>(null);
  const complaints = useComplaints(["displayName", "name", "provider", "providerVoiceId", "providerModelId", "country", "language"]);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const named = draft.name.trim() !== "";
  const ready = named && (how === "import" ? draft.voiceId.trim() !== "" : recording !== null && allowed);

  function submit(event: FormEvent) {
    event.preventDefault();
    void complaints.during(async () => {
      try {
        if (how === "import") onAdded(await api.voices.import(importOf(draft)));
        else if (recording) onAdded(await api.voices.clone(draft.name.trim(), draft.language, recording, setSent));
      } finally {
        setSent(null);
      }
    });
  }
  return (
    <FormDialog
      title={words.title}
      complaints={complaints}
      ready={ready}
      saveLabel={words.save}
      onClose={onClose}
      onSubmit={submit}
      testId="voice-dialog"
    >
      <Segmented
        label={words.how}
        value={how}
        onChange={setHow}
        options={[
          { value: "import", label: words.import },
          { value: "clone", label: words.clone, testId: "voice-clone" },
        ]}
      />
      <Field label={words.name} error={complaints.of("displayName") ?? complaints.of("name")}>
        {(control) => (
          <input
            {...control}
            className="input"
            value={draft.name}
            placeholder={words.namePlaceholder}
            onChange={(event) => change({ name: event.target.value })}
            data-testid="voice-name"
          />
        )}
      </Field>
      {how === "import" ? (
        <ImportFields draft={draft} complaints={complaints} onChange={change} />
      ) : (
        <>
          <DropZone
            accept="audio/*"
            label={recording ? words.chosen(recording.name) : words.drop}
            hint={words.dropHint}
            onFiles={([file]) => file && setRecording(file)}
            testId="voice-recording"
          />
          <Field label={words.language} hint={words.languageHint} error={complaints.of("language")}>
            {(control) => (
              <input {...control} className="input" value={draft.language} onChange={(event) => change({ language: event.target.value })} />
            )}
          </Field>
          <Check label={words.consent} checked={allowed} onChange={setAllowed} testId="voice-consent" />
          {sent !== null && <Progress share={sent} label={sent < 1 ? words.sending(Math.round(sent * 100)) : words.learning} />}
        </>
      )}
    </FormDialog>
  );
}

/** What is empty is left out. */
function importOf(draft: Draft) {
  const { model, gender, country, description } = draft;
  return {
    displayName: draft.name.trim(),
    provider: draft.provider,
    providerVoiceId: draft.voiceId.trim(),
    ...(model.trim() && { providerModelId: model.trim() }),
    ...(gender && { gender }),
    ...(country.trim() && { country: country.trim() }),
    ...(description.trim() && { description: description.trim() }),
  };
}

interface ImportFieldsProps {
  draft: Draft;
  complaints: Complaints;
  onChange: (part: Partial<Draft>) => void;
}

function ImportFields({ draft, complaints, onChange }: ImportFieldsProps) {
  const text = (label: string, key: "voiceId" | "model" | "country" | "description", wire: string, hint?: string) => (
    <Field label={label} hint={hint} error={complaints.of(wire)}>
      {(control) => (
        <input
          {...control}
          className="input"
          autoComplete="off"
          value={draft[key]}
          onChange={(event) => onChange({ [key]: event.target.value })}
          data-testid={`voice-field-${key}`}
        />
      )}
    </Field>
  );
  return (
    <>
      <Field label={words.provider} hint={words.providerHint} error={complaints.of("provider")}>
        {(control) => (
          <Select {...control} value={draft.provider} onChange={(provider) => onChange({ provider })} testId="voice-field-provider">
            {PROVIDERS.map((provider) => (
              <option key={provider} value={provider}>
                {provider.toLowerCase().replaceAll("_", " ")}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <div className="form-pair">
        {text(words.voiceId, "voiceId", "providerVoiceId", words.voiceIdHint)}
        {text(words.model, "model", "providerModelId", words.modelHint)}
      </div>
      <div className="form-pair">
        <Field label={words.gender}>
          {(control) => (
            <Select {...control} value={draft.gender} onChange={(gender) => onChange({ gender })}>
              <option value="">{words.unsaid}</option>
              {Object.entries(strings.voices.genders).map(([value, name]) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {text(words.country, "country", "country", words.countryHint)}
      </div>
      {text(words.description, "description", "description")}
    </>
  );
}
