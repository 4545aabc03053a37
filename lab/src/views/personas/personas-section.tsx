import { lazy, Suspense } from "react";

import { EDIT, editHref, go, NEW, newPersonaHref } from "../../route";
import type { SectionProps } from "../../sections";
import { Waiting } from "../../ui/states";
import { Gallery } from "./gallery";
import "./personas.css";

// The conversation brings the SDK along, which the gallery does not need.
const TalkView = lazy(() => import("../talk/talk-view").then((view) => ({ default: view.TalkView })));
const EditorPage = lazy(() => import("../editor/editor-page").then((view) => ({ default: view.EditorPage })));

/** Everybody, the one whom one talks with, or the one whom one makes. */
export default function PersonasSection({ api, place }: SectionProps) {
  const [personaId, page] = place.path;
  if (personaId === undefined) {
    return <Gallery api={api} onCreate={() => go(newPersonaHref())} onEdit={(id) => go(editHref(id))} />;
  }
  const editing = personaId === NEW || page === EDIT;
  return (
    <Suspense fallback={<Waiting />}>
      {editing ? (
        <EditorPage key={personaId} api={api} personaId={personaId === NEW ? null : personaId} />
      ) : (
        <TalkView key={personaId} api={api} personaId={personaId} />
      )}
    </Suspense>
  );
}
