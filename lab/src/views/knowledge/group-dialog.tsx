import { useState, type FormEvent } from "react";

import type { Api } from "../../api";
import type { Group } from "../../api/knowledge";
import { strings } from "../../strings";
import { Field } from "../../ui/field";
import { FormDialog, useComplaints } from "../../ui/form-dialog";

const words = strings.knowledge;

interface GroupDialogProps {
  api: Api;
  /** null to make one. */
  group: Group | null;
  onClose: () => void;
  onSaved: (group: Group) => void;
}

export function GroupDialog({ api, group, onClose, onSaved }: GroupDialogProps) {
  const [name, setName] = useState(group?.name ?? "");
  const [description, setDescription] = useState(group?.description ?? "");
  const complaints = useComplaints(["name", "description"]);
  function submit(event: FormEvent) {
    event.preventDefault();
    const fields = { name: name.trim(), description: description.trim() || null };
    void complaints.during(async () => onSaved(await (group ? api.knowledge.updateGroup(group.id, fields) : api.knowledge.createGroup(fields))));
  }
  return (
    <FormDialog
      title={group ? words.edit : words.create}
      complaints={complaints}
      ready={name.trim() !== ""}
      onClose={onClose}
      onSubmit={submit}
      testId="group-dialog"
    >
      <Field label={words.name} error={complaints.of("name")}>
        {(control) => (
          <input
            {...control}
            className="input"
            value={name}
            maxLength={255}
            placeholder={words.namePlaceholder}
            onChange={(event) => setName(event.target.value)}
            data-testid="group-name"
          />
        )}
      </Field>
      <Field label={words.description} hint={words.descriptionHint} error={complaints.of("description")}>
        {(control) => (
          <textarea {...control} className="input" rows={3} value={description} onChange={(event) => setDescription(event.target.value)} />
        )}
      </Field>
    </FormDialog>
  );
}
