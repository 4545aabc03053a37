import { useCallback, useEffect, useState } from "react";

import type { Api } from "../../api";
import type { Tool } from "../../api/tools";
import { href, replace, type Place } from "../../route";
import type { SectionProps } from "../../sections";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import type { IconName } from "../../ui/icon";
import { Icon } from "../../ui/icon";
import { deleteItem, editItem, Menu } from "../../ui/menu";
import { Badge, PageHead, PageSection, SearchBox } from "../../ui/page";
import { Empty, Shown } from "../../ui/states";
import { useToasts } from "../../ui/toast";
import { useLoad } from "../../ui/use-load";
import { useRemoval } from "../../ui/use-removal";
import { blank, draftOf, type ToolDraft } from "./tool-draft";
import { ToolDialog } from "./tool-dialog";
import { TrialDialog } from "./trial-dialog";
import "./tools.css";

const words = strings.tools;
const ICONS: Readonly<Record<Tool["type"], IconName>> = {
  CLIENT: "code",
  SERVER_WEBHOOK: "outside",
  SERVER_RAG: "book",
  SERVER_MCP: "bolt",
  SYSTEM: "sliders",
};

interface Editing {
  tool: Tool | null;
  draft: ToolDraft;
}

/** Another page may ask for a new tool of a kind: `#/tools/new?type=SERVER_RAG&group=…`. */
function wantedBy(place: Place): Editing | null {
  if (place.path[0] !== "new") return null;
  const group = place.query.get("group");
  return { tool: null, draft: { ...blank(place.query.get("type")), ...(group && { folderIds: [group] }) } };
}

export default function ToolsSection({ api, place }: SectionProps) {
  const [loaded, reload] = useLoad(useCallback(() => api.tools.all(), [api]));
  const [editing, setEditing] = useState<Editing | null>(() => wantedBy(place));
  const [search, setSearch] = useState("");
  const toasts = useToasts();
  useEffect(() => {
    const wanted = wantedBy(place);
    if (wanted) setEditing(wanted);
  }, [place]);
  function close() {
    setEditing(null);
    if (place.path.length > 0) replace(href("tools"));
  }
  const create = (
    <Button look="primary" icon="plus" onClick={() => setEditing({ tool: null, draft: blank(null) })} data-testid="tool-create">
      {words.create}
    </Button>
  );
  return (
    <div className="page">
      <PageHead title={words.title} lead={words.lead}>
        {create}
      </PageHead>
      <Shown loaded={loaded} onRetry={reload}>
        {(tools) => (
          <>
            <div className="toolbar">
              <SearchBox label={words.search} value={search} onChange={setSearch} testId="tool-search" />
            </div>
            <Lists api={api} tools={tools} search={search} onEdit={(tool) => setEditing({ tool, draft: draftOf(tool) })} />
          </>
        )}
      </Shown>
      {editing && (
        <ToolDialog
          api={api}
          tool={editing.tool}
          start={editing.draft}
          onClose={close}
          onSaved={(saved) => {
            close();
            toasts.say(words.form.saved(saved.name));
            reload();
          }}
        />
      )}
    </div>
  );
}

interface ListsProps {
  api: Api;
  tools: readonly Tool[];
  search: string;
  onEdit: (tool: Tool) => void;
}

function Lists({ api, tools, search, onEdit }: ListsProps) {
  const removal = useRemoval();
  const wanted = search.trim().toLowerCase();
  const rows = tools.filter((tool) => !removal.isGone(tool.id) && `${tool.name} ${tool.description}`.toLowerCase().includes(wanted));
  const own = rows.filter((tool) => tool.type !== "SYSTEM");
  const system = rows.filter((tool) => tool.type === "SYSTEM");
  const row = (tool: Tool) => (
    <Row
      key={tool.id}
      api={api}
      tool={tool}
      onEdit={() => onEdit(tool)}
      onRemove={() => removal.remove(tool.id, strings.deleted(tool.name), () => api.tools.delete(tool.id))}
    />
  );
  return (
    <>
      {own.length > 0 ? (
        <ul className="rows" data-testid="tool-list">
          {own.map(row)}
        </ul>
      ) : wanted === "" ? (
        <Empty icon="tool" title={words.emptyTitle}>
          {words.emptyText}
        </Empty>
      ) : (
        <p className="muted">{words.none}</p>
      )}
      {system.length > 0 && (
        <PageSection title={words.systemTitle} lead={words.systemLead}>
          <ul className="rows">{system.map(row)}</ul>
        </PageSection>
      )}
    </>
  );
}

interface RowProps {
  api: Api;
  tool: Tool;
  onEdit: () => void;
  onRemove: () => void;
}

function Row({ api, tool, onEdit, onRemove }: RowProps) {
  const [trying, setTrying] = useState(false);
  const own = tool.type !== "SYSTEM";
  return (
    <li data-testid="tool-row" data-id={tool.id}>
      <span className="rows-icon">
        <Icon name={ICONS[tool.type]} />
      </span>
      <div className="rows-text">
        <p className="rows-name">
          <span className="tool-name">{tool.name}</span>
          <Badge>{words.types[tool.type][0]}</Badge>
        </p>
        <p className="rows-detail">{tool.description}</p>
        {own && <p className="rows-detail">{[tool.config.url, words.used(tool.usageCount)].filter(Boolean).join(" · ")}</p>}
      </div>
      <div className="rows-actions">
        {tool.type === "SERVER_WEBHOOK" && (
          <Button icon="bolt" onClick={() => setTrying(true)} data-testid="tool-try">
            {words.trial.open}
          </Button>
        )}
        {own && (
          <Menu label={strings.actions(tool.name)} items={[editItem("tool-edit", onEdit), deleteItem("tool-delete", onRemove)]} />
        )}
      </div>
      {trying && <TrialDialog api={api} tool={tool} onClose={() => setTrying(false)} />}
    </li>
  );
}
