import type { RefCallback } from "react";

import { isRunning, type Conversation, type Talk } from "../conversation/conversation";
import { microphonePossible } from "../conversation/microphone";
import { duration } from "../format";
import { guest as words } from "../strings/guest";
import { Icon, Mark } from "../ui/icon";
import { CaptionLine, Poster } from "./picture-parts";
import type { RoomHost, RoomLook } from "./room";

interface StageProps {
  screen: RefCallback<HTMLVideoElement>;
  host: RoomHost;
  look: RoomLook;
  conversation: Conversation;
  talk: Talk;
  captions: boolean;
  stalled: boolean;
  callToAction: string | undefined;
  note: string | undefined;
  wantsMic: boolean;
  onWantsMic: (wanted: boolean) => void;
  onStart: () => void;
}

/** The picture and what lies on it. */
export function RoomStage(props: StageProps) {
  const { screen, host, look, conversation, talk, captions, stalled } = props;
  const running = isRunning(talk);
  return (
    <div className={talk.hasPicture ? "room-stage room-live" : "room-stage"}>
      <Poster imageUrl={host.imageUrl} videoUrl={host.videoUrl} alt={words.picture(host.name)} still={running} className="room-poster" />
      <video ref={screen} className="room-video" autoPlay playsInline aria-label={words.video(host.name)} data-testid="room-video" />
      {running && <Chip talk={talk} stalled={stalled} />}
      {captions && talk.caption && <CaptionLine caption={talk.caption} className="room-captions" />}
      {talk.soundBlocked && (
        <button type="button" className="room-sound" onClick={() => conversation.playSound()}>
          <Icon name="play" />
          {words.unblockSound}
        </button>
      )}
      {!running && <Threshold {...props} />}
      {look.watermark && <Watermark />}
    </div>
  );
}

function Chip({ talk, stalled }: { talk: Talk; stalled: boolean }) {
  const ready = talk.phase === "live" && talk.hasPicture;
  let text: string = talk.phase === "starting" ? words.starting : words.connecting;
  if (ready) text = talk.personaSpeaks ? words.speaking : talk.mic === "on" ? words.listening : words.aiPersona;
  if (ready && stalled) text = words.stalled;
  return (
    <p className="room-chip" role="status" data-state={ready ? "live" : "waiting"} data-testid="room-state" title={words.aiHint}>
      <span className="room-dot" />
      {text}
    </p>
  );
}

/** Before and after a conversation. */
function Threshold({ host, look, talk, callToAction, note, wantsMic, onWantsMic, onStart }: StageProps) {
  const ended = talk.phase === "ended";
  const invitation = callToAction ?? words.start;
  return (
    <div className="room-threshold">
      {ended && talk.ending && (
        <p className="room-ending" role="alert" data-testid="ending">
          <Icon name="warn" size={18} />
          {talk.ending}
        </p>
      )}
      <div className="room-who">
        <h1>{host.name}</h1>
        <p>{ended && !talk.ending ? words.ended : words.aiPersona}</p>
      </div>
      {/* The End button, which had the focus, is gone. */}
      <button type="button" className="room-start" onClick={onStart} autoFocus={ended} data-testid="start" aria-label={ended ? words.again : invitation}>
        <Icon name="play" />
        <span>{ended ? words.again : invitation}</span>
      </button>
      {ended && talk.lastedMs !== null ? (
        <p className="room-note">{words.lasted(duration(talk.lastedMs))}</p>
      ) : (
        look.textInput && <MicWish wantsMic={wantsMic} onWantsMic={onWantsMic} />
      )}
      {note && <p className="room-note" data-testid="room-note">{note}</p>}
    </div>
  );
}

function MicWish({ wantsMic, onWantsMic }: Pick<StageProps, "wantsMic" | "onWantsMic">) {
  if (!microphonePossible()) return <p className="room-note">{words.micImpossible}</p>;
  return (
    <label className="room-mic-wish">
      <input type="checkbox" checked={wantsMic} onChange={(event) => onWantsMic(event.target.checked)} data-testid="mic-use" />
      {words.withMic}
    </label>
  );
}

function Watermark() {
  return (
    <p className="room-mark" data-testid="watermark">
      <Mark size={14} />
      {words.poweredBy} {words.product}
    </p>
  );
}
