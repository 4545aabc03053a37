import { useCallback, useState } from "react";

import type { Api, Persona } from "../../api";
import type { Group } from "../../api/knowledge";
import { ownName } from "../../format";
import { go, HOME_HREF, personaHref } from "../../route";
import { strings } from "../../strings";
import { editing as words } from "../../strings/editing";
import { Button } from "../../ui/button";
import { Tabs } from "../../ui/choice";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { Notice } from "../../ui/notice";
import { Shown } from "../../ui/states";
import { useLoad } from "../../ui/use-load";
import { CharacterPart } from "./character-part";
import { blankDraft, changesOf, draftOf, partsWith, PARTS, sortComplaints, wholeOf, type Catalogs, type Draft, type DraftErrors, type Part } from "./draft";
import { FacePart } from "./face-part";
import { ListeningPart } from "./listening-part";
import { MindPart } from "./mind-part";
import { Preview } from "./preview";
import { useLeaveGuard } from "./use-leave-guard";
import { VoicePart } from "./voice-part";
import "../../room/room.css";
import "./editor.css";

export interface PartProps {
  draft: Draft;
  errors: DraftErrors;
  catalogs: Catalogs;
  groups: readonly Group[];
  onChange: (part: Partial<Draft>) => void;
}

const VIEWS: Readonly<Record<Part, (props: PartProps) => React.ReactNode>> = {
  character: CharacterPart,
  face: FacePart,
  voice: VoicePart,
  mind: MindPart,
  listening: ListeningPart,
};

interface Loadable {
  persona: Persona | null;
  builtIn: boolean;
  catalogs: Catalogs;
  groups: Group[];
}

/** Create or change a persona beside a conversation with it. Without an id it is a new one. */
export function EditorPage({ api, personaId }: { api: Api; personaId: string | null }) {
  const load = useCallback(
    async (signal: AbortSignal): Promise<Loadable> => {
      const [persona, avatars, voices, llms, tools, groups] = await Promise.all([
        personaId === null ? null : api.personas.get(personaId, signal),
        api.avatars.all(),
        api.voices.all(),
        api.llms.all(),
        api.tools.all(),
        api.knowledge.groups(),
      ]);
      const builtIn = persona !== null && (await api.personas.isBuiltIn(persona));
      return { persona, builtIn, catalogs: { avatars, voices, llms, tools }, groups };
    },
    [api, personaId],
  );
  const [loaded, reload] = useLoad(load);
  return (
    <Shown loaded={loaded} onRetry={reload}>
      {(value) => <Editor api={api} {...value} />}
    </Shown>
  );
}

function Editor({ api, persona, builtIn, catalogs, groups }: Loadable & { api: Api }) {
  const [original, setOriginal] = useState(() => (persona ? draftOf(persona, catalogs) : blankDraft(catalogs)));
  const [draft, setDraft] = useState(original);
  const [part, setPart] = useState<Part>("character");
  const [errors, setErrors] = useState<DraftErrors>({});
  const [complaints, setComplaints] = useState<readonly string[]>([]);
  const [saving, setSaving] = useState(false);
  const changed = Object.keys(changesOf(draft, original)).length > 0;
  const guard = useLeaveGuard(changed && !saving);

  const change = useCallback((some: Partial<Draft>) => {
    setDraft((now) => ({ ...now, ...some }));
    // A field that is changed is no longer wrong until the server says so again.
    const touched = Object.keys(some);
    setErrors((now) => Object.fromEntries(Object.entries(now).filter(([name]) => !touched.includes(name.split(".")[0] ?? ""))));
  }, []);
  const complain = useCallback((error: unknown) => {
    const { fields, rest } = sortComplaints(error);
    setErrors(fields);
    setComplaints(rest);
    const [first] = partsWith(fields);
    if (first) setPart(first);
  }, []);

  async function save() {
    if (draft.name.trim() === "") {
      setErrors({ name: strings.editor.nameMissing });
      return setPart("character");
    }
    setSaving(true);
    setComplaints([]);
    setErrors({});
    try {
      const own = persona !== null && !builtIn;
      const saved = own
        ? await api.personas.update(persona.id, changesOf(draft, original))
        : await api.personas.create({ ...wholeOf(draft), ...(builtIn && { name: ownName(draft.name) }) });
      setOriginal(draft);
      if (!own) go(personaHref(saved.id));
    } catch (error) {
      complain(error);
    }
    setSaving(false);
  }

  const saveWords = persona === null ? words.create : builtIn ? words.saveCopy : words.save;
  const Part = VIEWS[part];
  const wrong = partsWith(errors);
  return (
    <div className="editor-page" data-testid="editor">
      <header className="editor-head">
        <a className="editor-back" href={persona ? personaHref(persona.id) : HOME_HREF} aria-label={words.back}>
          <Icon name="arrowLeft" />
        </a>
        <div className="editor-title">
          <h1>{persona ? words.title(draft.name || strings.unnamed) : words.newTitle}</h1>
          <p hidden={!persona && !changed} className={changed ? "editor-state editor-state-unsaved" : "editor-state"} role="status" data-testid="editor-state">
            {builtIn ? words.builtIn : changed ? words.unsaved : persona ? words.saved : ""}
          </p>
        </div>
        {changed && persona && (
          <Button look="ghost" onClick={() => setDraft(original)} data-testid="editor-discard">
            {words.discard}
          </Button>
        )}
        <Button look="primary" busy={saving} disabled={saving || (!changed && !builtIn)} onClick={() => void save()} data-testid="editor-save">
          {saving ? words.saving : saveWords}
        </Button>
      </header>
      <div className="editor-columns">
        <div className="editor-form">
          {complaints.length > 0 && (
            <Notice tone="danger" testId="editor-problem">
              {[words.failed, ...complaints].join(" ")}
            </Notice>
          )}
          <Tabs
            label={words.parts}
            value={part}
            onChange={setPart}
            tabs={PARTS.map((name) => ({
              value: name,
              label: wrong.includes(name) ? `${words.part[name]} •` : words.part[name],
              testId: `editor-part-${name}`,
              content: (
                <div className="editor-part">
                  <Part draft={draft} errors={errors} catalogs={catalogs} groups={groups} onChange={change} />
                </div>
              ),
            }))}
          />
        </div>
        <Preview api={api} draft={draft} avatar={catalogs.avatars.find((row) => row.id === draft.avatarId)} onProblem={complain} />
      </div>
      {guard.asking && <Leaving onStay={guard.stay} onLeave={guard.leave} />}
    </div>
  );
}

function Leaving({ onStay, onLeave }: { onStay: () => void; onLeave: () => void }) {
  const footer = (
    <>
      <Button look="danger" onClick={onLeave} data-testid="leave-discard">
        {words.leaveDiscard}
      </Button>
      <Button look="primary" autoFocus onClick={onStay} data-testid="leave-stay">
        {words.leaveStay}
      </Button>
    </>
  );
  return (
    <Dialog title={words.leaveTitle} onClose={onStay} footer={footer} testId="leave-dialog">
      <p>{words.leaveText}</p>
    </Dialog>
  );
}
