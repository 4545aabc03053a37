import { useCallback, useState } from "react";

import type { Api, Llm } from "../../api";
import type { FoundServer } from "../../api/llms";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { Notice } from "../../ui/notice";
import { Badge, PageSection } from "../../ui/page";
import { useToasts } from "../../ui/toast";
import { useLoad } from "../../ui/use-load";

const words = strings.minds.found;

interface DiscoveredProps {
  api: Api;
  /** What is connected already. */
  own: readonly Llm[];
  /** What is searched for, in lower case. */
  wanted: string;
  onAdded: (llm: Llm) => void;
}

/** The language models that run on the server's own machine, each one click away. None is used before that. */
export function Discovered({ api, own, wanted, onAdded }: DiscoveredProps) {
  const [loaded, reload] = useLoad(useCallback((signal: AbortSignal) => api.llms.discovered(signal), [api]));
  if (loaded.state !== "done") return null; // A part that nobody may look at, or that is not there yet, is no news.
  const { data, usable } = loaded.value;
  const rows = data
    .flatMap((server) => server.models.map((model) => ({ server, model })))
    .filter(({ server, model }) => `${server.name} ${model}`.toLowerCase().includes(wanted));
  if (rows.length === 0 && wanted !== "") return null;
  const again = (
    <Button look="ghost" icon="refresh" onClick={reload} data-testid="found-again">
      {words.again}
    </Button>
  );
  return (
    <PageSection title={words.title} lead={words.lead} aside={again} testId="found-minds">
      {rows.length > 0 && !usable && <Notice tone="info">{words.unusable}</Notice>}
      {rows.length === 0 && <p className="muted">{words.nobody}</p>}
      {rows.length > 0 && (
        <ul className="rows">
          {rows.map(({ server, model }) => (
            <Found
              key={`${server.url} ${model}`}
              api={api}
              server={server}
              model={model}
              usable={usable}
              added={own.some((llm) => llm.modelName === model && llm.urls.some(({ url }) => url === server.url))}
              onAdded={onAdded}
            />
          ))}
        </ul>
      )}
    </PageSection>
  );
}

interface FoundProps {
  api: Api;
  server: FoundServer;
  model: string;
  usable: boolean;
  added: boolean;
  onAdded: (llm: Llm) => void;
}

function Found({ api, server, model, usable, added, onAdded }: FoundProps) {
  const [busy, setBusy] = useState(false);
  const toasts = useToasts();
  async function add() {
    setBusy(true);
    try {
      const displayName = words.name(model, server.name);
      onAdded(await api.llms.create({ displayName, llmFormat: "custom", urls: [{ url: server.url }], modelName: model }));
    } catch (error) {
      toasts.complain((error as Error).message);
    }
    setBusy(false);
  }
  return (
    <li data-testid="found-row">
      <span className="rows-icon">
        <Icon name="mind" />
      </span>
      <div className="rows-text">
        <p className="rows-name">{model}</p>
        <p className="rows-detail">{[server.name, server.url].join(" · ")}</p>
      </div>
      <div className="rows-actions">
        {added ? (
          <Badge tone="good">{words.added}</Badge>
        ) : (
          <Button icon="plus" busy={busy} disabled={busy || !usable} onClick={() => void add()} data-testid="found-add">
            {words.add}
          </Button>
        )}
      </div>
    </li>
  );
}
