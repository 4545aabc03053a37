import { useEffect, useRef } from "react";

import type { Entries, Entry, Line, Thought, ToolUse } from "../../conversation/entries";
import { transcriptText } from "../../conversation/entries";
import { latency } from "../../format";
import { strings } from "../../strings";
import { activity } from "../../strings/activity";
import { CopyButton } from "../../ui/copy";
import { Icon } from "../../ui/icon";
import "./transcript.css";

const words = strings.transcript;

/** Within this distance of the end the list follows new words; someone who scrolled up is left in peace. */
const FOLLOW_WITHIN_PX = 80;

interface TranscriptProps {
  entries: Entries;
  name: string;
  live: boolean;
}

export function Transcript({ entries, name, live }: TranscriptProps) {
  const list = useRef<HTMLDivElement>(null);
  const follow = useRef(true);
  useEffect(() => {
    if (follow.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [entries]);

  if (entries.length === 0) {
    return (
      <div className="panel-empty" data-testid="transcript-empty">
        <h2>{words.emptyTitle}</h2>
        <p>{words.emptyText}</p>
        {live && <p>{words.readyText}</p>}
      </div>
    );
  }
  return (
    <>
      <div
        className="transcript"
        ref={list}
        role="log"
        aria-label={words.tab}
        tabIndex={0}
        onScroll={({ currentTarget: box }) => {
          follow.current = box.scrollHeight - box.scrollTop - box.clientHeight < FOLLOW_WITHIN_PX;
        }}
        data-testid="transcript"
      >
        {entries.map((entry) => (
          <Row key={`${entry.kind} ${entry.id}`} entry={entry} name={name} />
        ))}
      </div>
      <div className="transcript-foot">
        <CopyButton text={transcriptText(entries, words.you, name)} label={words.copy} />
      </div>
    </>
  );
}

function Row({ entry, name }: { entry: Entry; name: string }) {
  if (entry.kind === "tool") return <ToolRow use={entry} />;
  if (entry.kind === "thought") return <ThoughtRow thought={entry} />;
  return <LineRow line={entry} name={name} />;
}

function LineRow({ line, name }: { line: Line; name: string }) {
  const notes = [
    line.typed && words.typed,
    line.latencyMs !== null && words.after(latency(line.latencyMs)),
    line.interrupted && words.interrupted,
  ].filter(Boolean);
  return (
    <article className={`line line-${line.who}`} aria-busy={!line.done} data-testid={`line-${line.who}`}>
      <p className="line-who">{line.who === "user" ? words.you : name}</p>
      <p className="line-text">{line.text.trim()}</p>
      {notes.length > 0 && <p className="line-notes">{notes.join(" · ")}</p>}
    </article>
  );
}

function ThoughtRow({ thought }: { thought: Thought }) {
  return (
    <details className="happening" data-testid="line-thought">
      <summary>
        <Icon name="mind" size={16} />
        {thought.done ? activity.thought : activity.thinking}
      </summary>
      <p className="happening-text">{thought.text.trim()}</p>
    </details>
  );
}

function ToolRow({ use }: { use: ToolUse }) {
  const told = activity.tool;
  const notes = [told.kinds[use.type] ?? use.type, use.tookMs !== null && told.took(latency(use.tookMs))].filter(Boolean);
  return (
    <details className={`happening happening-${use.state}`} data-testid="line-tool" data-state={use.state}>
      <summary>
        <Icon name={use.state === "failed" ? "warn" : "tool"} size={16} />
        <span className="happening-name">{told[use.state](use.name)}</span>
        <span className="line-notes">{notes.join(" · ")}</span>
      </summary>
      <Value title={told.given} value={use.given} />
      {use.state === "done" && <Value title={told.answer} value={use.answer} />}
      {use.problem !== null && <p className="happening-text">{use.problem}</p>}
      {use.documents.length > 0 && (
        <p className="happening-text">
          {told.documents}: {use.documents.join(", ")}
        </p>
      )}
    </details>
  );
}

function Value({ title, value }: { title: string; value: unknown }) {
  const empty = value === null || value === undefined || (typeof value === "object" && Object.keys(value).length === 0);
  const text = empty ? activity.tool.nothing : typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return (
    <div className="happening-value">
      <p>{title}</p>
      <pre tabIndex={0}>{text}</pre>
    </div>
  );
}
