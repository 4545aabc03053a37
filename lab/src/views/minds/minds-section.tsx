import { useCallback, useState } from "react";

import type { Api, Llm } from "../../api";
import { NO_MIND_ID } from "../../api";
import { latency } from "../../format";
import type { SectionProps } from "../../sections";
import { mindServer } from "../../served-by";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { deleteItem, editItem, Menu } from "../../ui/menu";
import { PageHead, PageSection, SearchBox } from "../../ui/page";
import { Empty, Shown } from "../../ui/states";
import { useToasts } from "../../ui/toast";
import { useLoad } from "../../ui/use-load";
import { useRemoval } from "../../ui/use-removal";
import { Discovered } from "./discovered";
import { MindDialog } from "./mind-dialog";
import "./minds.css";

const words = strings.minds;

export default function MindsSection({ api }: SectionProps) {
  const [loaded, reload] = useLoad(useCallback(() => api.llms.all(), [api]));
  const [editing, setEditing] = useState<Llm | "new" | null>(null);
  const [search, setSearch] = useState("");
  const toasts = useToasts();
  function saved(llm: Llm) {
    setEditing(null);
    toasts.say(words.form.saved(llm.displayName));
    reload();
  }
  const create = (
    <Button look="primary" icon="plus" onClick={() => setEditing("new")} data-testid="mind-create">
      {words.create}
    </Button>
  );
  return (
    <div className="page">
      <PageHead title={words.title} lead={words.lead}>
        {create}
      </PageHead>
      <Shown loaded={loaded} onRetry={reload}>
        {(llms) => {
          const wanted = search.trim().toLowerCase();
          const rows = llms.filter((llm) => `${llm.displayName} ${llm.modelName ?? ""}`.toLowerCase().includes(wanted));
          const own = rows.filter((llm) => llm.createdByOrganizationId !== null);
          return (
            <>
              <div className="toolbar">
                <SearchBox label={words.search} value={search} onChange={setSearch} testId="mind-search" />
              </div>
              {own.length > 0 ? (
                <Rows api={api} llms={own} onEdit={setEditing} />
              ) : (
                wanted === "" && (
                  <Empty icon="mind" title={words.emptyTitle}>
                    {words.emptyText}
                  </Empty>
                )
              )}
              <Discovered api={api} own={llms.filter((llm) => llm.createdByOrganizationId !== null)} wanted={wanted} onAdded={saved} />
              <PageSection title={words.builtInTitle} lead={words.builtInLead}>
                <Rows api={api} llms={rows.filter((llm) => llm.createdByOrganizationId === null)} onEdit={setEditing} />
              </PageSection>
            </>
          );
        }}
      </Shown>
      {editing !== null && (
        <MindDialog
          api={api}
          llm={editing === "new" ? null : editing}
          onClose={() => setEditing(null)}
          onSaved={saved}
        />
      )}
    </div>
  );
}

interface RowsProps {
  api: Api;
  llms: readonly Llm[];
  onEdit: (llm: Llm) => void;
}

function Rows({ api, llms, onEdit }: RowsProps) {
  const removal = useRemoval();
  const rows = llms.filter((llm) => !removal.isGone(llm.id));
  if (rows.length === 0) return <p className="muted">{words.none}</p>;
  return (
    <ul className="rows">
      {rows.map((llm) => (
        <Row
          key={llm.id}
          api={api}
          llm={llm}
          onEdit={() => onEdit(llm)}
          onRemove={() => removal.remove(llm.id, strings.deleted(llm.displayName), () => api.llms.delete(llm.id))}
        />
      ))}
    </ul>
  );
}

type Trial = { state: "none" } | { state: "running" } | { state: "good" | "bad"; text: string };

interface RowProps {
  api: Api;
  llm: Llm;
  onEdit: () => void;
  onRemove: () => void;
}

function Row({ api, llm, onEdit, onRemove }: RowProps) {
  const [trial, setTrial] = useState<Trial>({ state: "none" });
  const own = llm.createdByOrganizationId !== null;
  const served = mindServer(llm.id, llm);
  async function test() {
    setTrial({ state: "running" });
    try {
      const answer = await api.llms.test(llm.id);
      const time = latency(answer.latencyMs ?? 0);
      setTrial(answer.ok ? { state: "good", text: words.works(time) } : { state: "bad", text: answer.message });
    } catch (error) {
      setTrial({ state: "bad", text: error instanceof Error ? error.message : String(error) });
    }
  }
  const detail = own
    ? [words.form.formats[llm.llmFormat] ?? llm.llmFormat, llm.modelName, llm.urls[0]?.url]
    : [served && words.thinks(served.name), llm.description];
  return (
    <li data-testid="mind-row" data-id={llm.id}>
      <span className="rows-icon">
        <Icon name="mind" />
      </span>
      <div className="rows-text">
        <p className="rows-name">{llm.displayName}</p>
        <p className="rows-detail">{detail.filter(Boolean).join(" · ")}</p>
        <p className={`trial-result trial-${trial.state}`} role="status" data-testid="mind-trial">
          {trial.state === "running" ? words.testing : trial.state === "none" ? "" : trial.text}
        </p>
      </div>
      <div className="rows-actions">
        {llm.id !== NO_MIND_ID && (
          <Button icon="bolt" busy={trial.state === "running"} onClick={() => void test()} data-testid="mind-test">
            {words.test}
          </Button>
        )}
        {own && (
          <Menu label={strings.actions(llm.displayName)} items={[editItem("mind-edit", onEdit), deleteItem("mind-delete", onRemove)]} />
        )}
      </div>
    </li>
  );
}
