import type { Api } from "../../api";
import type { KnowledgeDocument } from "../../api/knowledge";
import { follow } from "../../download";
import { ago, bytes } from "../../format";
import { strings } from "../../strings";
import { IconButton } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { deleteItem, Menu } from "../../ui/menu";
import { Badge, type Tone } from "../../ui/page";
import { Progress } from "../../ui/progress";
import { useToasts } from "../../ui/toast";
import { useRemoval } from "../../ui/use-removal";
import type { Sending, useUploads } from "./use-uploads";

const words = strings.knowledge;
const TONES: Readonly<Record<string, Tone>> = { READY: "good", FAILED: "bad" };

interface DocumentsProps {
  api: Api;
  documents: readonly KnowledgeDocument[];
  uploads: ReturnType<typeof useUploads>;
}

/** What is on its way, and what is there. */
export function Documents({ api, documents, uploads }: DocumentsProps) {
  const removal = useRemoval();
  const shown = documents.filter((file) => !removal.isGone(file.id));
  if (shown.length === 0 && uploads.sending.length === 0) return <p className="muted documents-none">{words.none}</p>;
  return (
    <ul className="rows documents" data-testid="document-list">
      {uploads.sending.map((one) => (
        <OnItsWay key={one.id} one={one} onDrop={() => uploads.drop(one.id)} />
      ))}
      {shown.map((file) => (
        <Row
          key={file.id}
          api={api}
          file={file}
          onRemove={() => removal.remove(file.id, strings.deleted(file.filename), () => api.knowledge.deleteDocument(file.id))}
        />
      ))}
    </ul>
  );
}

function OnItsWay({ one, onDrop }: { one: Sending; onDrop: () => void }) {
  return (
    <li data-testid="document-sending">
      <span className="rows-icon">
        <Icon name="upload" />
      </span>
      <div className="rows-text">
        <p className="rows-name">{one.name}</p>
        {one.problem ? (
          <p className="field-error" role="alert">
            {one.problem}
          </p>
        ) : (
          <Progress share={one.share} label={one.share < 1 ? words.sending(Math.round(one.share * 100)) : words.arrived} />
        )}
      </div>
      <div className="rows-actions">
        <IconButton icon="close" label={one.problem ? strings.dismiss : words.cancel} onClick={onDrop} />
      </div>
    </li>
  );
}

function Row({ api, file, onRemove }: { api: Api; file: KnowledgeDocument; onRemove: () => void }) {
  const toasts = useToasts();
  const download = () =>
    void api.knowledge.downloadUrl(file.id).then(
      (url) => follow(url, file.filename),
      (error: Error) => toasts.complain(error.message),
    );
  return (
    <li data-testid="document-row" data-status={file.status}>
      <span className="rows-icon">
        <Icon name="file" />
      </span>
      <div className="rows-text">
        <p className="rows-name">
          {file.filename}
          <Badge tone={TONES[file.status] ?? "plain"} dot>
            {words.status[file.status] ?? file.status.toLowerCase()}
          </Badge>
        </p>
        <p className="rows-detail">{[bytes(file.fileSize), ago(file.createdAt)].join(" · ")}</p>
        {file.errorMessage && <p className="field-error">{file.errorMessage}</p>}
      </div>
      <div className="rows-actions">
        <Menu
          label={strings.actions(file.filename)}
          items={[
            { label: words.download, icon: "download", testId: "document-download", run: download },
            deleteItem("document-delete", onRemove),
          ]}
        />
      </div>
    </li>
  );
}
