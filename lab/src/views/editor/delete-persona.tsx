import { useState } from "react";

import type { Api, Persona } from "../../api";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Notice } from "../../ui/notice";

const words = strings.editor;

interface DeletePersonaProps {
  api: Api;
  persona: Persona;
  onCancel: () => void;
  onDeleted: () => void;
}

export function DeletePersona({ api, persona, onCancel, onDeleted }: DeletePersonaProps) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);

  async function confirm() {
    setBusy(true);
    try {
      await api.personas.delete(persona.id);
      onDeleted();
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  }

  const footer = (
    <>
      <Button autoFocus onClick={onCancel}>
        {words.keep}
      </Button>
      <Button look="danger" busy={busy} disabled={busy} onClick={() => void confirm()} data-testid="delete-confirm">
        {words.confirm}
      </Button>
    </>
  );
  return (
    <Dialog title={words.confirmTitle(persona.name || strings.unnamed)} onClose={onCancel} footer={footer} testId="delete-dialog">
      <p>{words.confirmText}</p>
      {failed && <Notice tone="danger">{`${words.deleteFailed} ${failed}`}</Notice>}
    </Dialog>
  );
}
