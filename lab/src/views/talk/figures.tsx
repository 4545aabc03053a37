import { latency, median } from "../../format";
import { strings } from "../../strings";
import { CopyButton } from "../../ui/copy";
import type { Talk } from "../../conversation/conversation";
import type { FrameFigures } from "../../conversation/frame-meter";

const words = strings.figures;

interface Figure {
  id: string;
  name: string;
  meaning: string;
  value: string;
  note?: string | undefined;
}

/** Measured in this browser: no figure is taken from the server's word. */
function figuresOf(talk: Talk, frames: FrameFigures | null): Figure[] {
  const middle = median(talk.repliesMs);
  const note = talk.repliesMs.length > 1 && middle !== null ? words.median(latency(middle)) : undefined;
  return [
    { id: "first-frame", name: words.firstFrame, meaning: words.firstFrameHint, value: time(talk.firstFrameMs) },
    { id: "reply", name: words.reply, meaning: words.replyHint, value: time(talk.repliesMs.at(-1)), note },
    { id: "fps", name: words.fps, meaning: words.fpsHint, value: frames?.fps ? `${frames.fps.toFixed(1)} fps` : words.none },
    { id: "gap", name: words.gap, meaning: words.gapHint, value: time(frames?.longestGapMs) },
    { id: "size", name: words.size, meaning: words.sizeHint, value: frames?.width ? `${frames.width} × ${frames.height}` : words.none },
    { id: "dropped", name: words.dropped, meaning: words.droppedHint, value: frames ? String(frames.dropped) : words.none },
    { id: "connected", name: words.connected, meaning: words.connectedHint, value: time(talk.connectedMs) },
    { id: "buffered", name: words.buffered, meaning: words.bufferedHint, value: time(frames?.bufferedMs) },
  ];
}

function time(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? words.none : latency(ms);
}

export function Figures({ talk, frames }: { talk: Talk; frames: FrameFigures | null }) {
  const figures = figuresOf(talk, frames);
  return (
    <div className="figures-scroll">
      <dl className="figures">
        {figures.map(({ id, name, value, note }) => (
          <div key={id} className="figure">
            <dt>{name}</dt>
            <dd data-testid={`figure-${id}`}>{value}</dd>
            {note && <dd className="figure-note">{note}</dd>}
          </div>
        ))}
      </dl>
      <div className="session">
        <p className="session-name">{words.session}</p>
        <p className="session-id" data-testid="session-id">
          {talk.sessionId ?? words.none}
        </p>
        {talk.sessionId && <CopyButton text={talk.sessionId} />}
      </div>
      <details className="meanings">
        <summary>{words.meanings}</summary>
        <dl>
          {figures.map(({ id, name, meaning }) => (
            <div key={id}>
              <dt>{name}</dt>
              <dd>{meaning}</dd>
            </div>
          ))}
          <div>
            <dt>{words.session}</dt>
            <dd>{words.sessionHint}</dd>
          </div>
        </dl>
      </details>
    </div>
  );
}
