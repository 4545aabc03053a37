import { useEffect, useRef } from "react";

import type { Talk } from "../conversation/conversation";
import { guest as words } from "../strings/guest";
import { Icon } from "../ui/icon";

/** What was said, over the lower part of the picture. */
export function Said({ talk, name, onClose }: { talk: Talk; name: string; onClose: () => void }) {
  const list = useRef<HTMLDivElement>(null);
  const lines = talk.entries.filter((entry) => entry.kind === "line");
  useEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [talk.entries]);
  return (
    <aside className="room-said" aria-label={words.transcript}>
      <header>
        <h2>{words.transcript}</h2>
        <button type="button" className="room-button" aria-label={words.closeTranscript} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div className="room-lines" role="log" ref={list} tabIndex={0} aria-label={words.transcript} data-testid="transcript">
        {lines.length === 0 && <p className="room-note">{words.emptyTranscript}</p>}
        {lines.map((line) => (
          <p key={line.id} className={`room-said-${line.who}`} data-testid={`line-${line.who}`}>
            <b>{line.who === "user" ? words.you : name}</b>
            {line.text.trim()}
          </p>
        ))}
      </div>
    </aside>
  );
}
