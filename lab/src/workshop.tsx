import { useCallback, useState } from "react";

import type { Api, Persona } from "./api";
import { HOME_HREF, go, personaHref, usePersonaId } from "./route";
import { PersonaEditor } from "./views/editor/persona-editor";
import { PersonaRail } from "./views/personas/persona-rail";
import { Welcome } from "./views/personas/welcome";
import { TalkView } from "./views/talk/talk-view";
import "./workshop.css";

interface WorkshopProps {
  api: Api;
  apiKey: string;
  onSignOut: () => void;
}

/** The list of personas beside the one in use; on a phone one at a time. */
export function Workshop({ api, apiKey, onSignOut }: WorkshopProps) {
  const personaId = usePersonaId();
  const [editing, setEditing] = useState<Persona | "new" | null>(null);
  // Counts changes made here, so that what shows them loads again.
  const [revision, setRevision] = useState(0);

  const closeEditor = useCallback(() => setEditing(null), []);
  const onSaved = useCallback((saved: Persona) => {
    setEditing(null);
    setRevision((now) => now + 1);
    go(personaHref(saved.id));
  }, []);
  const onDeleted = useCallback(() => {
    setEditing(null);
    setRevision((now) => now + 1);
    go(HOME_HREF);
  }, []);

  return (
    <div className={personaId === null ? "workshop workshop-home" : "workshop"}>
      <PersonaRail
        api={api}
        apiKey={apiKey}
        selectedId={personaId}
        revision={revision}
        onCreate={() => setEditing("new")}
        onSignOut={onSignOut}
      />
      <main className="workshop-main">
        {personaId === null ? (
          <Welcome onCreate={() => setEditing("new")} />
        ) : (
          <TalkView key={personaId} api={api} personaId={personaId} revision={revision} onEdit={setEditing} />
        )}
      </main>
      {editing !== null && (
        <PersonaEditor
          api={api}
          persona={editing === "new" ? null : editing}
          onClose={closeEditor}
          onSaved={onSaved}
          onDeleted={onDeleted}
        />
      )}
    </div>
  );
}
