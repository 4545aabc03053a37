import { useState, type FormEvent } from "react";

import type { Api, Llm } from "../../api";
import type { LlmFields } from "../../api/llms";
import { strings } from "../../strings";
import { Field } from "../../ui/field";
import { FormDialog, useComplaints, type Complaints } from "../../ui/form-dialog";
import { Select } from "../../ui/select";

const words = strings.minds.form;

const AZURE = "azure_openai";

/** Everything is text while it is being typed. */
interface Draft {
  displayName: string;
  llmFormat: string;
  url: string;
  modelName: string;
  secret: string;
  temperature: string;
  maxTokens: string;
  deploymentName: string;
  apiVersion: string;
  description: string;
}

function draftOf(llm: Llm | null): Draft {
  const text = (value: number | string | null | undefined) => (value === null || value === undefined ? "" : String(value));
  return {
    displayName: text(llm?.displayName),
    llmFormat: llm?.llmFormat ?? "openai",
    url: text(llm?.urls[0]?.url),
    modelName: text(llm?.modelName),
    secret: "",
    temperature: text(llm?.temperature),
    maxTokens: text(llm?.maxTokens),
    deploymentName: text(llm?.deploymentName),
    apiVersion: text(llm?.apiVersion),
    description: text(llm?.description),
  };
}

function fieldsOf(draft: Draft): Partial<LlmFields> {
  const text = (value: string) => value.trim() || null;
  const number = (value: string) => (value.trim() === "" ? null : Number(value));
  const azure = draft.llmFormat === AZURE;
  return {
    displayName: draft.displayName.trim(),
    llmFormat: draft.llmFormat,
    // Without an address or a name the server has its own for the format, or says what is missing.
    ...(draft.url.trim() !== "" && { urls: [{ url: draft.url.trim() }] }),
    ...(draft.modelName.trim() !== "" && { modelName: draft.modelName.trim() }),
    temperature: number(draft.temperature),
    maxTokens: number(draft.maxTokens),
    description: text(draft.description),
    ...(azure && { deploymentName: text(draft.deploymentName), apiVersion: text(draft.apiVersion) }),
    // An empty one says nothing, so that the stored one stays.
    ...(draft.secret !== "" && { secret: draft.secret }),
  };
}

const FIELDS = ["displayName", "llmFormat", "urls", "url", "modelName", "secret", "temperature", "maxTokens", "deploymentName", "apiVersion"];

interface MindDialogProps {
  api: Api;
  /** null to connect one. */
  llm: Llm | null;
  onClose: () => void;
  onSaved: (llm: Llm) => void;
}

export function MindDialog({ api, llm, onClose, onSaved }: MindDialogProps) {
  const [draft, setDraft] = useState(() => draftOf(llm));
  const complaints = useComplaints(FIELDS);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  function submit(event: FormEvent) {
    event.preventDefault();
    const fields = fieldsOf(draft);
    void complaints.during(async () => onSaved(await (llm ? api.llms.update(llm.id, fields) : api.llms.create(fields))));
  }
  return (
    <FormDialog
      title={llm ? strings.minds.edit(llm.displayName) : strings.minds.create}
      complaints={complaints}
      ready={draft.displayName.trim() !== ""}
      saveLabel={llm ? strings.save : words.save}
      onClose={onClose}
      onSubmit={submit}
      testId="mind-dialog"
    >
      <MindFields draft={draft} complaints={complaints} stored={llm !== null} onChange={change} />
    </FormDialog>
  );
}

interface MindFieldsProps {
  draft: Draft;
  complaints: Complaints;
  stored: boolean;
  onChange: (part: Partial<Draft>) => void;
}

function MindFields({ draft, complaints, stored, onChange }: MindFieldsProps) {
  const input = (key: keyof Draft, label: string, options: { hint?: string; placeholder?: string; type?: string; wire?: string } = {}) => (
    <Field label={label} hint={options.hint} error={complaints.of(options.wire ?? key) ?? (key === "url" ? complaints.of("url") : undefined)}>
      {(control) => (
        <input
          {...control}
          className="input"
          type={options.type ?? "text"}
          step="any"
          autoComplete={options.type === "password" ? "new-password" : "off"}
          placeholder={options.placeholder}
          value={draft[key]}
          onChange={(event) => onChange({ [key]: event.target.value })}
          data-testid={`mind-${key}`}
        />
      )}
    </Field>
  );
  return (
    <>
      {input("displayName", words.name, { placeholder: words.namePlaceholder })}
      <Field label={words.format} error={complaints.of("llmFormat")}>
        {(control) => (
          <Select {...control} value={draft.llmFormat} onChange={(llmFormat) => onChange({ llmFormat })} testId="mind-llmFormat">
            {Object.entries(words.formats).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {input("url", words.url, { hint: words.urlHint, wire: "urls" })}
      {input("modelName", words.model, { placeholder: words.modelPlaceholder })}
      {draft.llmFormat === AZURE && (
        <div className="form-pair">
          {input("deploymentName", words.deployment)}
          {input("apiVersion", words.apiVersion)}
        </div>
      )}
      {input("secret", words.secret, { type: "password", hint: stored ? words.secretKept : words.secretHint })}
      <div className="form-pair">
        {input("temperature", words.temperature, { type: "number", hint: words.temperatureHint })}
        {input("maxTokens", words.maxTokens, { type: "number", hint: words.maxTokensHint })}
      </div>
      {input("description", words.description)}
    </>
  );
}
