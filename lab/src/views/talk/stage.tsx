import { useEffect, useState, type RefCallback } from "react";

import type { Persona } from "../../api";
import { duration } from "../../format";
import { strings } from "../../strings";
import { Button, Spinner } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { isRunning, type Conversation, type Talk } from "../../conversation/conversation";
import { CaptionLine, Poster } from "../../room/picture-parts";

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
  const { avatar } = persona;
  const running = isRunning(talk);
  return (
    <div className={talk.hasPicture ? "stage stage-live" : "stage"}>
      <Poster
        imageUrl={avatar?.imageUrl}
        videoUrl={avatar?.idleVideoUrl ?? avatar?.videoUrl}
        alt={words.preview(name)}
        still={running}
        className="stage-preview"
      />
      <video ref={screen} className="stage-video" autoPlay playsInline aria-label={words.video(name)} data-testid="stage-video" />
      <StatusChip talk={talk} />
      {talk.personaSpeaks && <span className="stage-hint">{words.hint.speaking}</span>}
      {talk.userSpeaks && !talk.personaSpeaks && <span className="stage-hint">{words.hint.hearing}</span>}
      {showCaptions && talk.caption && <CaptionLine caption={talk.caption} className="captions" />}
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
