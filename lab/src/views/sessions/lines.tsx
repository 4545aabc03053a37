import type { Transcript, TranscriptMessage } from "../../api/sessions";
import { duration } from "../../format";
import { strings } from "../../strings";

const words = strings.sessions;

/** As long as it takes to read what was not spoken. */
const READING_MS_PER_CHAR = 60;
const READING_MS_MIN = 1_000;

/** When in the recording something was said. */
export function spanOf(transcript: Transcript, said: TranscriptMessage): { fromMs: number; toMs: number } | null {
  if (said.timestamp === null) return null;
  const fromMs = Math.max(0, Date.parse(said.timestamp) - Date.parse(transcript.startTime));
  const spokenMs = (said.speakingDurationSeconds ?? 0) * 1000;
  return { fromMs, toMs: fromMs + (spokenMs || Math.max(READING_MS_MIN, said.message.length * READING_MS_PER_CHAR)) };
}

interface LinesProps {
  transcript: Transcript | Error;
  /** Where the recording is. */
  atMs: number | null;
  onSeek: (toMs: number) => void;
}

export function Lines({ transcript, atMs, onSeek }: LinesProps) {
  return (
    <section className="card lines" aria-label={words.transcript} data-testid="session-transcript">
      <h2>{words.transcript}</h2>
      {transcript instanceof Error ? <p className="muted">{transcript.message}</p> : <Said transcript={transcript} atMs={atMs} onSeek={onSeek} />}
    </section>
  );
}

function Said({ transcript, atMs, onSeek }: LinesProps & { transcript: Transcript }) {
  if (!transcript.transcriptsEnabled) return <p className="muted">{words.transcriptOff}</p>;
  if (transcript.messages.length === 0) return <p className="muted">{words.transcriptNone}</p>;
  return (
    <ol className="lines-list" tabIndex={0}>
      {transcript.messages.map((said, index) => {
        const span = spanOf(transcript, said);
        const now = span !== null && atMs !== null && atMs >= span.fromMs && atMs < span.toMs;
        return (
          <li key={index} className={`said said-${said.role}`} aria-current={now || undefined} data-testid={`said-${said.role}`}>
            <p className="said-who">
              {said.role === "user" ? words.you : transcript.personaName || strings.unnamed}
              {span && (
                <button type="button" aria-label={words.goTo(duration(span.fromMs))} onClick={() => onSeek(span.fromMs)}>
                  {duration(span.fromMs)}
                </button>
              )}
              {said.wasInterrupted && <span>{words.cut}</span>}
            </p>
            <p>{said.message}</p>
          </li>
        );
      })}
    </ol>
  );
}
