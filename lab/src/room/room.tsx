import { useEffect, useImperativeHandle, useRef, useState, type Ref } from "react";

import { isRunning, type Conversation, type Door } from "../conversation/conversation";
import { microphonePossible } from "../conversation/microphone";
import { useConversation } from "../conversation/use-conversation";
import { useFrameFigures } from "../conversation/frame-meter";
import { guest as words } from "../strings/guest";
import { Dock } from "./dock";
import { RoomStage } from "./room-stage";
import { Said } from "./said";
import { TextLine } from "./text-line";

export interface RoomHost {
  name: string;
  imageUrl: string | null;
  videoUrl: string | null;
}

/** What of the room is shown. */
export interface RoomLook {
  textInput: boolean;
  muteButton: boolean;
  transcript: boolean;
  captions: boolean;
  watermark: boolean;
  /** A round picture with the least around it. */
  orb?: boolean;
}

interface RoomProps {
  door: Door;
  host: RoomHost;
  look: RoomLook;
  /** Begins by itself, because the click that it takes was made elsewhere. */
  startNow?: boolean;
  callToAction?: string | undefined;
  /** Below the button before and after a conversation. */
  note?: string | undefined;
  onEnd?: () => void;
  onTranscript?: (open: boolean) => void;
  conversationRef?: Ref<Conversation>;
}

/** A conversation for guests: the picture first, and on it all that one needs. */
export function Room({ door, host, look, startNow = false, note, ...rest }: RoomProps) {
  const { conversation, talk, screen, video } = useConversation(door);
  const [wantsMic, setWantsMic] = useState(microphonePossible);
  const [captions, setCaptions] = useState(look.captions);
  const [typing, setTyping] = useState(false);
  const [reading, setReading] = useState(false);
  const figures = useFrameFigures(video, talk.hasPicture);
  const { onEnd, onTranscript } = rest;
  useImperativeHandle(rest.conversationRef, () => conversation, [conversation]);
  const start = () => void conversation.start(wantsMic && microphonePossible());
  const started = useRef(false);
  useEffect(() => {
    if (startNow && !started.current) start();
    started.current = true;
  });
  useEffect(() => {
    if (talk.phase === "ended") onEnd?.();
  }, [talk.phase, onEnd]);
  const read = (open: boolean) => {
    setReading(open);
    onTranscript?.(open);
  };
  const live = talk.phase === "live";
  const typingPossible = look.textInput && (typing || talk.mic === "blocked" || talk.mic === "off");
  return (
    <section className={look.orb ? "room room-orb" : "room"} data-phase={talk.phase} data-testid="room" aria-label={host.name}>
      <RoomStage
        screen={screen}
        host={host}
        look={look}
        conversation={conversation}
        talk={talk}
        captions={captions}
        stalled={figures?.stalled ?? false}
        callToAction={rest.callToAction}
        note={note}
        wantsMic={wantsMic}
        onWantsMic={setWantsMic}
        onStart={start}
      />
      {reading && isRunning(talk) && <Said talk={talk} name={host.name} onClose={() => read(false)} />}
      {isRunning(talk) && (
        <footer className="room-foot" aria-label={words.controls}>
          {typingPossible && live && <TextLine name={host.name} onSend={(text) => conversation.send(text)} />}
          <Dock
            conversation={conversation}
            talk={talk}
            look={look}
            captions={captions}
            onCaptions={setCaptions}
            typing={typingPossible}
            onTyping={setTyping}
            reading={reading}
            onReading={read}
          />
        </footer>
      )}
    </section>
  );
}
