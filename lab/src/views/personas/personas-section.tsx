import { lazy, Suspense, useCallback, useState } from "react";

import type { Persona } from "../../api";
import { go, HOME_HREF, personaHref } from "../../route";
import type { SectionProps } from "../../sections";
import { Waiting } from "../../ui/states";
import { Gallery } from "./gallery";
import "./personas.css";

// The conversation brings the SDK along, which the gallery does not need.
const TalkView = lazy(() => import("../talk/talk-view").then((view) => ({ default: view.TalkView })));
const PersonaEditor = lazy(() => import("../editor/persona-editor").then((view) => ({ default: view.PersonaEditor })));

/** Everybody, or the one whom one talks with. */
export default function PersonasSection({ api, place }: SectionProps) {
  const [personaId] = place.path;
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
  const onEdit = useCallback((persona: Persona) => setEditing(persona), []);

  return (
    <>
      {personaId === undefined ? (
        <Gallery api={api} revision={revision} onCreate={() => setEditing("new")} onEdit={onEdit} />
      ) : (
        <Suspense fallback={<Waiting />}>
          <TalkView key={personaId} api={api} personaId={personaId} revision={revision} onEdit={onEdit} />
        </Suspense>
      )}
      {editing !== null && (
        <Suspense fallback={null}>
          <PersonaEditor
            api={api}
            persona={editing === "new" ? null : editing}
            onClose={closeEditor}
            onSaved={onSaved}
            onDeleted={onDeleted}
          />
        </Suspense>
      )}
    </>
  );
}
