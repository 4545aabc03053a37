import { useEffect, useState, type RefCallback } from "react";

import type { Persona } from "../../api";
import { duration } from "../../format";
import { strings } from "../../strings";
import { Button, Spinner } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { Picture } from "../../ui/picture";
import type { Conversation, Talk } from "../../conversation/conversation";

const words = strings.talk;

interface StageProps {
  screen: RefCallback<HTMLVideoElement>;
  persona: Persona;
  conversation: Conversation;
  talk: Talk;
  showCaptions: boolean;
  stalled: boolean;
  onStart: () => void;
}

/** The picture and everything that lies on it. */
export function Stage({ screen, persona, conversation, talk, showCaptions, stalled, onStart }: StageProps) {
  const name = persona.name || strings.unnamed;
  const running = talk.phase !== "idle" && talk.phase !== "ended";
  return (
    <div className={talk.hasPicture ? "stage stage-live" : "stage"}>
      <Preview persona={persona} name={name} still={running} />
      <video ref={screen} className="stage-video" autoPlay playsInline aria-label={words.video(name)} data-testid="stage-video" />
      <StatusChip talk={talk} />
      {talk.personaSpeaks && <span className="stage-hint">{words.hint.speaking}</span>}
      {talk.userSpeaks && !talk.personaSpeaks && <span className="stage-hint">{words.hint.hearing}</span>}
      {showCaptions && talk.caption && (
        <p className="captions" aria-hidden="true" data-testid="captions">
          <span>
            {talk.caption.before}
            <mark>{talk.caption.now}</mark>
          </span>
        </p>
      )}
      {talk.soundBlocked && (
        <div className="stage-cover">
          <Button look="primary" icon="play" onClick={() => conversation.playSound()}>
            {words.unblockSound}
          </Button>
        </div>
      )}
      {stalled && running && (
        <p className="stage-stalled" role="status">
          {words.stalled}
        </p>
      )}
      {running ? !talk.hasPicture && <Connecting talk={talk} /> : <Invitation talk={talk} onStart={onStart} />}
    </div>
  );
}

/** A still, and where the server has one and motion is welcome, a silent loop over it. */
function Preview({ persona, name, still }: { persona: Persona; name: string; still: boolean }) {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const loop = persona.avatar?.idleVideoUrl ?? persona.avatar?.videoUrl ?? null;
  return (
    <div className="stage-preview">
      <Picture src={persona.avatar?.imageUrl} alt={words.preview(name)} />
      {loop && !still && !calm && <video src={loop} muted loop autoPlay playsInline aria-hidden="true" tabIndex={-1} />}
    </div>
  );
}

function StatusChip({ talk }: { talk: Talk }) {
  // To the eye it is live when there is something to see.
  const phase = talk.phase === "live" && !talk.hasPicture ? "connecting" : talk.phase;
  return (
    <p className="stage-status" data-phase={phase} role="status" data-testid="connection-state">
      <span className="stage-dot" />
      {words.phase[phase]}
      {talk.liveSinceMs !== null && phase === "live" && <Clock sinceMs={talk.liveSinceMs} />}
    </p>
  );
}

function Clock({ sinceMs }: { sinceMs: number }) {
  const [nowMs, setNowMs] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(performance.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  // A status that ticks would be read aloud every second.
  return <span aria-hidden="true">{duration(nowMs - sinceMs)}</span>;
}

function Connecting({ talk }: { talk: Talk }) {
  return (
    <div className="stage-cover">
      <p className="stage-step">
        <Spinner />
        {talk.phase === "starting" ? words.step.starting : words.step.connecting}
      </p>
    </div>
  );
}

function Invitation({ talk, onStart }: { talk: Talk; onStart: () => void }) {
  return (
    <div className="stage-cover stage-invitation">
      {talk.ending && (
        <p className="stage-ending" role="alert" data-testid="ending">
          <Icon name="warn" size={18} />
          {talk.ending}
        </p>
      )}
      <Button
        look="primary"
        icon="play"
        className="button-large"
        // The End button, which had the focus, is gone.
        autoFocus={talk.phase === "ended"}
        onClick={onStart}
        data-testid="start"
      >
        {talk.phase === "ended" ? words.restart : words.start}
      </Button>
      {talk.lastedMs !== null && <p className="stage-lasted">{strings.ending.lasted(duration(talk.lastedMs))}</p>}
    </div>
  );
}
