import { useState, type FormEvent } from "react";

import type { Api } from "../../api";
import { TOOL_TYPES, type Tool } from "../../api/tools";
import { strings } from "../../strings";
import { Check, Field } from "../../ui/field";
import { FormDialog, useComplaints } from "../../ui/form-dialog";
import { ConfigFields } from "./config-fields";
import { fieldsOf, isReady, type ToolDraft } from "./tool-draft";

const words = strings.tools;

const FIELDS = ["name", "description", "parameters", "url", "headers", "bodyTemplate", "signingSecret", "documentFolderIds", "toolTimeoutSeconds"];

interface ToolDialogProps {
  api: Api;
  /** null to make one. */
  tool: Tool | null;
  start: ToolDraft;
  onClose: () => void;
  onSaved: (tool: Tool) => void;
}

export function ToolDialog({ api, tool, start, onClose, onSaved }: ToolDialogProps) {
  const [draft, setDraft] = useState(start);
  const complaints = useComplaints(FIELDS);
  const change = (part: Partial<ToolDraft>) => setDraft({ ...draft, ...part });
  function submit(event: FormEvent) {
    event.preventDefault();
    const fields = fieldsOf(draft);
    void complaints.during(async () => onSaved(await (tool ? api.tools.update(tool.id, fields) : api.tools.create(fields))));
  }
  return (
    <FormDialog
      wide
      title={tool ? words.edit(tool.name) : words.create}
      complaints={complaints}
      ready={isReady(draft)}
      onClose={onClose}
      onSubmit={submit}
      testId="tool-dialog"
    >
      <div className="tool-form">
        <div className="form">
          <Kinds draft={draft} onChange={change} />
          <Field label={words.form.name} hint={words.form.nameHint} error={complaints.of("name")}>
            {(control) => (
              <input
                {...control}
                className="input mono"
                value={draft.name}
                maxLength={64}
                autoComplete="off"
                spellCheck={false}
                placeholder={words.form.namePlaceholder}
                onChange={(event) => change({ name: event.target.value })}
                data-testid="tool-name"
              />
            )}
          </Field>
          <Field label={words.form.description} hint={words.form.descriptionHint} error={complaints.of("description")}>
            {(control) => (
              <textarea
                {...control}
                className="input"
                rows={4}
                maxLength={1024}
                value={draft.description}
                placeholder={words.form.descriptionPlaceholder}
                onChange={(event) => change({ description: event.target.value })}
                data-testid="tool-description"
              />
            )}
          </Field>
          <Check label={words.form.locked} checked={draft.locked} onChange={(locked) => change({ locked })} />
        </div>
        <div className="form">
          <ConfigFields api={api} draft={draft} complaints={complaints} onChange={change} />
        </div>
      </div>
    </FormDialog>
  );
}

function Kinds({ draft, onChange }: { draft: ToolDraft; onChange: (part: Partial<ToolDraft>) => void }) {
  return (
    <fieldset className="kinds">
      <legend className="field-label">{words.form.type}</legend>
      {TOOL_TYPES.map((type) => (
        <label key={type} className="kind">
          <input type="radio" name="kind" checked={draft.type === type} onChange={() => onChange({ type })} data-testid={`tool-type-${type}`} />
          <span>
            <b>{words.types[type][0]}</b>
            <span>{words.types[type][1]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
