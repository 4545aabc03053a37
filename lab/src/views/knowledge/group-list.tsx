import { useCallback, useState } from "react";

import type { Api } from "../../api";
import type { Group } from "../../api/knowledge";
import { ago } from "../../format";
import { go, href } from "../../route";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { deleteItem, Menu } from "../../ui/menu";
import { PageHead } from "../../ui/page";
import { Empty, Shown } from "../../ui/states";
import { useLoad } from "../../ui/use-load";
import { useRemoval } from "../../ui/use-removal";
import { GroupDialog } from "./group-dialog";

const words = strings.knowledge;

export function GroupList({ api }: { api: Api }) {
  const [loaded, reload] = useLoad(useCallback((signal: AbortSignal) => api.knowledge.groups(signal), [api]));
  const [creating, setCreating] = useState(false);
  const create = (
    <Button look="primary" icon="plus" onClick={() => setCreating(true)} data-testid="group-create">
      {words.create}
    </Button>
  );
  const none = loaded.state === "done" && loaded.value.length === 0;
  return (
    <div className="page">
      <PageHead title={words.title} lead={words.lead}>
        {!none && create}
      </PageHead>
      <Shown loaded={loaded} onRetry={reload}>
        {(groups) =>
          groups.length === 0 ? (
            <Empty icon="book" title={words.emptyTitle} action={create}>
              {words.emptyText}
            </Empty>
          ) : (
            <Rows api={api} groups={groups} />
          )
        }
      </Shown>
      {creating && <GroupDialog api={api} group={null} onClose={() => setCreating(false)} onSaved={(made) => go(href("knowledge", [made.id]))} />}
    </div>
  );
}

function Rows({ api, groups }: { api: Api; groups: readonly Group[] }) {
  const removal = useRemoval();
  return (
    <ul className="rows" data-testid="group-list">
      {groups
        .filter((group) => !removal.isGone(group.id))
        .map((group) => (
          <li key={group.id} data-testid="group-row">
            <span className="rows-icon">
              <Icon name="book" />
            </span>
            <div className="rows-text">
              <p className="rows-name">
                <a href={href("knowledge", [group.id])}>{group.name}</a>
              </p>
              <p className="rows-detail">
                {[words.documents(group.documentCount), ago(group.createdAt), group.description].filter(Boolean).join(" · ")}
              </p>
            </div>
            <div className="rows-actions">
              <Menu
                label={strings.actions(group.name)}
                items={[deleteItem("group-delete", () => removal.remove(group.id, strings.deleted(group.name), () => api.knowledge.deleteGroup(group.id)))]}
              />
            </div>
          </li>
        ))}
    </ul>
  );
}
