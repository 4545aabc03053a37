import { useState, type FormEvent } from "react";

import type { Api } from "../../api";
import type { Passage } from "../../api/knowledge";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";

const words = strings.knowledge;

/** A question as a persona's tool would ask it. */
export function Ask({ api, groupId }: { api: Api; groupId: string }) {
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<readonly Passage[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (query.trim() === "") return;
    setBusy(true);
    setProblem(null);
    try {
      setFound(await api.knowledge.search(groupId, query.trim()));
    } catch (error) {
      setFound(null);
      setProblem(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  }
  return (
    <div className="ask">
      <form className="ask-form" onSubmit={(event) => void submit(event)}>
        <input
          className="input"
          type="search"
          aria-label={words.ask}
          placeholder={words.askPlaceholder}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          data-testid="ask-input"
        />
        <Button type="submit" icon="search" busy={busy} data-testid="ask-send">
          {words.askButton}
        </Button>
      </form>
      {problem && <Notice tone="danger">{problem}</Notice>}
      {found?.length === 0 && <p className="muted">{words.nothing}</p>}
      <ol className="passages" aria-live="polite">
        {found?.map((passage) => (
          <li key={`${passage.documentId}-${passage.chunkIndex}`} className="card passage" data-testid="passage">
            <p className="passage-head">
              <b>{passage.filename}</b>
              <span>{words.passage(passage.chunkIndex + 1)}</span>
              <Score score={passage.score} />
            </p>
            <p className="passage-text">{passage.content}</p>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Score({ score }: { score: number }) {
  const percent = Math.round(Math.min(1, Math.max(0, score)) * 100);
  return (
    <span className="score" data-testid="passage-score">
      <meter value={percent} max={100} aria-label={words.score(percent)} />
      {words.score(percent)}
    </span>
  );
}
