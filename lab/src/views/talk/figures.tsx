import { latency, median } from "../../format";
import { strings } from "../../strings";
import { CopyButton } from "../../ui/copy";
import type { Talk } from "./conversation";
import type { FrameFigures } from "./frame-meter";

const words = strings.figures;

/** Measured in this browser: no figure is taken from the server's word. */
export function Figures({ talk, frames }: { talk: Talk; frames: FrameFigures | null }) {
  const middle = median(talk.repliesMs);
  return (
    <div className="figures-scroll">
      <dl className="figures">
        <Figure name={words.firstFrame} hint={words.firstFrameHint} value={time(talk.firstFrameMs)} testId="figure-first-frame" />
        <Figure
          name={words.reply}
          hint={words.replyHint}
          value={time(talk.repliesMs.at(-1))}
          note={talk.repliesMs.length > 1 && middle !== null ? words.median(latency(middle)) : undefined}
          testId="figure-reply"
        />
        <Figure name={words.fps} hint={words.fpsHint} value={frames?.fps ? `${frames.fps.toFixed(1)} fps` : words.none} testId="figure-fps" />
        <Figure name={words.gap} hint={words.gapHint} value={time(frames?.longestGapMs)} testId="figure-gap" />
        <Figure name={words.size} hint={words.sizeHint} value={frames?.width ? `${frames.width} × ${frames.height}` : words.none} testId="figure-size" />
        <Figure name={words.dropped} hint={words.droppedHint} value={frames ? String(frames.dropped) : words.none} testId="figure-dropped" />
        <Figure name={words.connected} hint={words.connectedHint} value={time(talk.connectedMs)} testId="figure-connected" />
        <Figure name={words.buffered} hint={words.bufferedHint} value={time(frames?.bufferedMs)} testId="figure-buffered" />
      </dl>
      <div className="session">
        <p className="session-name" title={words.sessionHint}>
          {words.session}
        </p>
        <p className="session-id" data-testid="session-id">
          {talk.sessionId ?? words.none}
        </p>
        {talk.sessionId && <CopyButton text={talk.sessionId} />}
      </div>
      <p className="figures-note">{words.note}</p>
    </div>
  );
}

function time(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? words.none : latency(ms);
}

interface FigureProps {
  name: string;
  hint: string;
  value: string;
  note?: string | undefined;
  testId: string;
}

function Figure({ name, hint, value, note, testId }: FigureProps) {
  return (
    <div className="figure" title={hint}>
      <dt>{name}</dt>
      <dd data-testid={testId}>{value}</dd>
      {note && <dd className="figure-note">{note}</dd>}
    </div>
  );
}
