import { useCallback, useState } from "react";

import type { Api } from "../../api";
import type { Key } from "../../api/server";
import { ago } from "../../format";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { Notice } from "../../ui/notice";
import { Badge } from "../../ui/page";
import { Shown } from "../../ui/states";
import { useToasts } from "../../ui/toast";
import { useLoad } from "../../ui/use-load";
import { NewKeyDialog } from "./new-key";

const words = strings.settings.keys;

export function KeysPart({ api }: { api: Api }) {
  const [loaded, reload] = useLoad(useCallback((signal: AbortSignal) => api.server.keys(signal), [api]));
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<Key | null>(null);
  return (
    <>
      <div className="part-head">
        <p className="muted">{words.lead}</p>
        <Button look="primary" icon="plus" onClick={() => setCreating(true)} data-testid="key-create">
          {words.create}
        </Button>
      </div>
      <Shown loaded={loaded} onRetry={reload}>
        {(keys) => (
          <ul className="rows" data-testid="key-list">
            {keys.map((key) => (
              <Row key={key.id} row={key} onRevoke={() => setRevoking(key)} />
            ))}
          </ul>
        )}
      </Shown>
      {creating && (
        <NewKeyDialog
          api={api}
          onClose={() => {
            setCreating(false);
            reload();
          }}
        />
      )}
      {revoking && (
        <RevokeDialog
          api={api}
          row={revoking}
          onClose={() => setRevoking(null)}
          onRevoked={() => {
            setRevoking(null);
            reload();
          }}
        />
      )}
    </>
  );
}

function Row({ row, onRevoke }: { row: Key; onRevoke: () => void }) {
  const everything = row.permissions.includes("*");
  const rights = everything ? words.everything : row.permissions.length <= 2 ? row.permissions.join(", ") : words.rightsCount(row.permissions.length);
  return (
    <li className={row.revokedAt ? "key-revoked" : ""} data-testid="key-row" data-id={row.id}>
      <span className="rows-icon">
        <Icon name="key" />
      </span>
      <div className="rows-text">
        <p className="rows-name">
          {row.label}
          {row.isThis && <Badge tone="good">{words.inUse}</Badge>}
          {row.revokedAt && <Badge tone="bad">{words.revoked(ago(row.revokedAt))}</Badge>}
        </p>
        <p className="rows-detail">
          {row.prefix && <span className="mono">{row.prefix}… </span>}
          {[row.source === "environment" && words.environment, rights, words.madeAt(ago(row.createdAt))].filter(Boolean).join(" · ")}
        </p>
      </div>
      {!row.revokedAt && !row.isThis && row.source !== "environment" && (
        <div className="rows-actions">
          <Button look="danger" onClick={onRevoke} data-testid="key-revoke">
            {words.revoke}
          </Button>
        </div>
      )}
    </li>
  );
}

interface RevokeProps {
  api: Api;
  row: Key;
  onClose: () => void;
  onRevoked: () => void;
}

/** Asked for by name and without a way back: a key that works again would surprise whoever revoked it. */
function RevokeDialog({ api, row, onClose, onRevoked }: RevokeProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const toasts = useToasts();
  async function revoke() {
    try {
      await api.server.revokeKey(row.id);
      toasts.say(words.revokeDone(row.label));
      onRevoked();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }
  const footer = (
    <>
      <Button autoFocus onClick={onClose}>
        {words.keep}
      </Button>
      <Button look="danger" onClick={() => void revoke()} data-testid="key-revoke-confirm">
        {words.revoke}
      </Button>
    </>
  );
  return (
    <Dialog title={words.revokeTitle(row.label)} onClose={onClose} footer={footer}>
      <p>{words.revokeText}</p>
      {problem && <Notice tone="danger">{problem}</Notice>}
    </Dialog>
  );
}
