import type { Turn } from "../../api/sessions";
import { latency, seconds } from "../../format";
import { strings } from "../../strings";
import { skewText } from "./line-numbers";
import { endOf, piecesOf, STAGES, ticksTo, type Piece } from "./stages";

const words = strings.sessions;

/** One bar for each turn on one axis of milliseconds. */
export function Waterfall({ turns }: { turns: readonly Turn[] }) {
  const rows = turns.map((turn) => ({ turn, pieces: piecesOf(turn) }));
  const ticks = ticksTo(Math.max(...rows.map((row) => endOf(row.pieces)), 1));
  const endMs = ticks.at(-1) ?? 1;
  return (
    <div className="card waterfall" data-testid="waterfall">
      <ul className="legend" aria-hidden="true">
        {STAGES.map((stage) => (
          <li key={stage}>
            <span className={`swatch stage-${stage}`} />
            <b>{words.stages[stage][0]}</b>
            <span className="legend-text">{words.stages[stage][1]}</span>
          </li>
        ))}
      </ul>
      <div className="plot">
        <ol className="plot-rows">
          {rows.map(({ turn, pieces }, index) => (
            <Row key={turn.turnIndex} turn={turn} pieces={pieces} number={index + 1} endMs={endMs} />
          ))}
        </ol>
        <div className="plot-axis" aria-hidden="true">
          {ticks.map((tick) => (
            <span key={tick} style={{ left: `${(tick / endMs) * 100}%` }}>
              {tick === 0 ? "0" : latency(tick)}
            </span>
          ))}
        </div>
      </div>
      <details className="waterfall-table">
        <summary>{words.asTable}</summary>
        <Table turns={turns} />
      </details>
    </div>
  );
}

function nameOf(turn: Turn, number: number): string {
  const isGreeting = number === 1 && turn.userSpeechDurationSeconds === null && turn.userMessage === undefined;
  return isGreeting ? words.greeting : words.turn(number);
}

interface RowProps {
  turn: Turn;
  pieces: readonly Piece[];
  number: number;
  endMs: number;
}

function Row({ turn, pieces, number, endMs }: RowProps) {
  const told = pieces.map((piece) => words.stageTime(words.stages[piece.stage][0], latency(piece.toMs - piece.fromMs)));
  const name = nameOf(turn, number);
  const total = pieces.length === 0 ? words.unanswered : latency(endOf(pieces));
  return (
    <li className="plot-row" data-testid="waterfall-turn">
      <div className="plot-name">
        <b>{name}</b>
        <span>
          {turn.wasInterrupted
            ? words.cut
            : turn.userSpeechDurationSeconds !== null && words.spoke(seconds(turn.userSpeechDurationSeconds))}
        </span>
      </div>
      <div className="plot-bar" role="img" tabIndex={0} aria-label={[name, total, ...told].join(", ")}>
        {pieces.map((piece) => (
          <span
            key={piece.stage}
            className={`piece stage-${piece.stage}`}
            style={{ left: `${(piece.fromMs / endMs) * 100}%`, width: `${((piece.toMs - piece.fromMs) / endMs) * 100}%` }}
          />
        ))}
        <span className="plot-total" style={{ left: `${(endOf(pieces) / endMs) * 100}%` }}>
          {total}
        </span>
        {told.length > 0 && (
          <span className="plot-tip" aria-hidden="true">
            {pieces.map((piece, index) => (
              <span key={piece.stage}>
                <span className={`swatch stage-${piece.stage}`} />
                {told[index]}
              </span>
            ))}
          </span>
        )}
      </div>
    </li>
  );
}

function Table({ turns }: { turns: readonly Turn[] }) {
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label={words.waterfall}>
      <table className="table">
        <thead>
          <tr>
            <td />
            {STAGES.map((stage) => (
              <th key={stage} scope="col">
                {words.stages[stage][0]}
              </th>
            ))}
            <th scope="col">{words.skew}</th>
          </tr>
        </thead>
        <tbody>
          {turns.map((turn, index) => (
            <tr key={turn.turnIndex}>
              <th scope="row">{nameOf(turn, index + 1)}</th>
              {STAGES.map((stage) => {
                const atMs = turn.waterfallMs?.[stage];
                return <td key={stage}>{atMs === null || atMs === undefined ? words.none : latency(atMs)}</td>;
              })}
              <td>{skewText(turn.avSkewMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
