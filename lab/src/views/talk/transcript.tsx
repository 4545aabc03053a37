import { useEffect, useRef } from "react";

import { latency } from "../../format";
import { strings } from "../../strings";
import { CopyButton } from "../../ui/copy";
import { transcriptText, type Entry } from "./transcript-entries";

const words = strings.transcript;

/** Within this distance of the end the list follows new words; someone who scrolled up is left in peace. */
const FOLLOW_WITHIN_PX = 80;

interface TranscriptProps {
  entries: readonly Entry[];
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
          <Line key={entry.id} entry={entry} name={name} />
        ))}
      </div>
      <div className="transcript-foot">
        <CopyButton text={transcriptText(entries, words.you, name)} label={words.copy} />
      </div>
    </>
  );
}

function Line({ entry, name }: { entry: Entry; name: string }) {
  const notes = [
    entry.typed && words.typed,
    entry.latencyMs !== null && words.after(latency(entry.latencyMs)),
    entry.interrupted && words.interrupted,
  ].filter(Boolean);
  return (
    <article className={`line line-${entry.who}`} aria-busy={!entry.done} data-testid={`line-${entry.who}`}>
      <p className="line-who">{entry.who === "user" ? words.you : name}</p>
      <p className="line-text">{entry.text.trim()}</p>
      {notes.length > 0 && <p className="line-notes">{notes.join(" · ")}</p>}
    </article>
  );
}
