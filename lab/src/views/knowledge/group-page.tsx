import { useCallback, useEffect, useState, type FormEvent } from "react";

import type { Api } from "../../api";
import type { Group, KnowledgeDocument } from "../../api/knowledge";
import { href } from "../../route";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { DropZone } from "../../ui/drop-zone";
import { Field } from "../../ui/field";
import { FormDialog, useComplaints } from "../../ui/form-dialog";
import { PageHead, PageSection } from "../../ui/page";
import { Shown } from "../../ui/states";
import { useLoad } from "../../ui/use-load";
import { Ask } from "./ask";
import { Documents } from "./documents";
import { GroupDialog } from "./group-dialog";
import { useUploads } from "./use-uploads";

const words = strings.knowledge;

const ACCEPT = ".pdf,.txt,.md,.markdown,.docx,.csv,.html,.htm,.json,.log";
/** While a document is being read, the list is looked at again that often. */
const LOOK_EVERY_MS = 1_500;
const SETTLED: ReadonlySet<string> = new Set(["READY", "FAILED"]);

export function GroupPage({ api, id }: { api: Api; id: string }) {
  const load = useCallback(
    async (signal: AbortSignal) => {
      const [group, documents] = await Promise.all([api.knowledge.group(id, signal), api.knowledge.documents(id, signal)]);
      return { group, documents };
    },
    [api, id],
  );
  const [loaded, reload] = useLoad(load);
  const busy = loaded.state === "done" && loaded.value.documents.some((file) => !SETTLED.has(file.status));
  useEffect(() => {
    if (!busy) return;
    const timer = setInterval(reload, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [busy, reload]);
  return (
    <div className="page">
      <Shown loaded={loaded} onRetry={reload}>
        {({ group, documents }) => <Body api={api} group={group} documents={documents} onChanged={reload} />}
      </Shown>
    </div>
  );
}

interface BodyProps {
  api: Api;
  group: Group;
  documents: readonly KnowledgeDocument[];
  onChanged: () => void;
}

function Body({ api, group, documents, onChanged }: BodyProps) {
  const [dialog, setDialog] = useState<"edit" | "note" | null>(null);
  const uploads = useUploads(api, group.id, onChanged);
  const close = () => setDialog(null);
  const done = () => {
    close();
    onChanged();
  };
  return (
    <>
      <PageHead title={group.name} lead={group.description} back={{ href: href("knowledge"), label: words.title }}>
        <a className="button button-plain" href={href("tools", ["new"], { type: "SERVER_RAG", group: group.id })}>
          {words.makeTool}
        </a>
        <Button icon="pencil" onClick={() => setDialog("edit")} data-testid="group-edit">
          {strings.edit}
        </Button>
      </PageHead>
      <div className="group">
        <PageSection
          title={words.files}
          aside={
            <Button look="ghost" icon="pencil" onClick={() => setDialog("note")} data-testid="note-create">
              {words.note}
            </Button>
          }
        >
          <DropZone many accept={ACCEPT} label={words.drop} hint={words.dropHint} onFiles={uploads.send} testId="document-files" />
          <Documents api={api} documents={documents} uploads={uploads} />
        </PageSection>
        <PageSection title={words.ask} lead={words.askLead}>
          <Ask api={api} groupId={group.id} />
        </PageSection>
      </div>
      {dialog === "edit" && <GroupDialog api={api} group={group} onClose={close} onSaved={done} />}
      {dialog === "note" && <NoteDialog api={api} groupId={group.id} onClose={close} onSaved={done} />}
    </>
  );
}

interface NoteDialogProps {
  api: Api;
  groupId: string;
  onClose: () => void;
  onSaved: () => void;
}

function NoteDialog({ api, groupId, onClose, onSaved }: NoteDialogProps) {
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const complaints = useComplaints(["filename", "content"]);
  function submit(event: FormEvent) {
    event.preventDefault();
    void complaints.during(async () => {
      await api.knowledge.write(groupId, name.trim(), text);
      onSaved();
    });
  }
  return (
    <FormDialog
      title={words.noteTitle}
      complaints={complaints}
      ready={name.trim() !== "" && text.trim() !== ""}
      onClose={onClose}
      onSubmit={submit}
    >
      <Field label={words.noteName} error={complaints.of("filename")}>
        {(control) => (
          <input
            {...control}
            className="input"
            value={name}
            placeholder={words.noteNamePlaceholder}
            onChange={(event) => setName(event.target.value)}
            data-testid="note-name"
          />
        )}
      </Field>
      <Field label={words.noteText} error={complaints.of("content")}>
        {(control) => (
          <textarea {...control} className="input" rows={10} value={text} onChange={(event) => setText(event.target.value)} data-testid="note-text" />
        )}
      </Field>
    </FormDialog>
  );
}
