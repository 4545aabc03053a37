import { useCallback, useId, useState, type FormEvent } from "react";

import type { Api, Persona } from "../../api";
import { ownName } from "../../format";
import { strings } from "../../strings";
import { Button, Spinner } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Notice } from "../../ui/notice";
import { useLoad } from "../../ui/use-load";
import { DeletePersona } from "./delete-persona";
import { changesOf, draftOf, fieldsOf, sortComplaints, type Catalogs, type Draft, type DraftErrors } from "./draft";
import { EditorFields } from "./editor-fields";
import "./editor.css";

const words = strings.editor;

interface PersonaEditorProps {
  api: Api;
  /** null to create a new one. */
  persona: Persona | null;
  onClose: () => void;
  onSaved: (persona: Persona) => void;
  onDeleted: () => void;
}

export function PersonaEditor(props: PersonaEditorProps) {
  const { api, persona, onClose } = props;
  const load = useCallback(async (): Promise<Catalogs> => {
    const [avatars, voices, llms] = await Promise.all([api.avatars.all(), api.voices.all(), api.llms.all()]);
    return { avatars, voices, llms };
  }, [api]);
  const [catalogs, reload] = useLoad(load);
  if (catalogs.state === "done") return <EditorForm {...props} catalogs={catalogs.value} />;
  return (
    <Dialog wide title={titleOf(persona)} onClose={onClose} footer={<Button onClick={onClose}>{words.cancel}</Button>}>
      {catalogs.state === "loading" ? (
        <div className="editor-wait" role="status" aria-label={strings.loading}>
          <Spinner />
        </div>
      ) : (
        <Notice tone="danger" action={<Button onClick={reload}>{strings.retry}</Button>}>
          {words.catalogsFailed}
        </Notice>
      )}
    </Dialog>
  );
}

function titleOf(persona: Persona | null): string {
  return persona ? words.editTitle(persona.name || strings.unnamed) : words.createTitle;
}

function EditorForm({ api, persona, catalogs, onClose, onSaved, onDeleted }: PersonaEditorProps & { catalogs: Catalogs }) {
  const formId = useId();
  const [original] = useState(() => draftOf(persona, catalogs));
  const [draft, setDraft] = useState(original);
  const [errors, setErrors] = useState<DraftErrors>({});
  const [complaints, setComplaints] = useState<string[]>([]);
  const [saving, setSaving] = useState(false);
  const [deleting, setDeleting] = useState(false);

  const change = useCallback((part: Partial<Draft>) => {
    setDraft((now) => ({ ...now, ...part }));
    setErrors((now) => {
      const rest = { ...now };
      for (const name of Object.keys(part) as (keyof Draft)[]) delete rest[name];
      return rest;
    });
  }, []);

  async function save(send: () => Promise<Persona>) {
    if (draft.name.trim() === "") return setErrors({ name: words.nameMissing });
    setSaving(true);
    setComplaints([]);
    try {
      onSaved(await send());
    } catch (error) {
      const { fields, rest } = sortComplaints(error);
      setErrors(fields);
      setComplaints(rest);
      setSaving(false);
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    void save(() => (persona ? api.personas.update(persona.id, changesOf(draft, original)) : api.personas.create(fieldsOf(draft))));
  }

  /** The only way to change a built-in persona is to make it one's own. */
  function saveCopy() {
    void save(() => api.personas.create(fieldsOf({ ...draft, name: ownName(draft.name) })));
  }

  if (deleting && persona) {
    return <DeletePersona api={api} persona={persona} onCancel={() => setDeleting(false)} onDeleted={onDeleted} />;
  }
  const footer = (
    <>
      {persona && (
        <Button look="danger" icon="trash" className="editor-delete" onClick={() => setDeleting(true)} data-testid="editor-delete">
          {words.delete}
        </Button>
      )}
      {persona ? (
        <Button disabled={saving} onClick={saveCopy} data-testid="editor-copy">
          {words.saveCopy}
        </Button>
      ) : (
        <Button onClick={onClose}>{words.cancel}</Button>
      )}
      <Button look="primary" type="submit" form={formId} busy={saving} disabled={saving} data-testid="editor-save">
        {saving ? words.saving : persona ? words.save : words.create}
      </Button>
    </>
  );
  return (
    <Dialog wide title={titleOf(persona)} onClose={onClose} footer={footer} testId="editor">
      {complaints.length > 0 && (
        <Notice tone="danger" testId="editor-problem">
          {[words.failed, ...complaints].join(" ")}
        </Notice>
      )}
      <form id={formId} onSubmit={submit} noValidate>
        <EditorFields draft={draft} errors={errors} catalogs={catalogs} onChange={change} />
      </form>
    </Dialog>
  );
}
