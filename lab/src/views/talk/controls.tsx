import type { RefObject } from "react";

import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Check } from "../../ui/field";
import { Icon } from "../../ui/icon";
import { isRunning, type Conversation, type Talk } from "../../conversation/conversation";
import { useMicToggle } from "../../conversation/use-mic-toggle";
import { Devices } from "./devices";

const words = strings.mic;

interface ControlsProps {
  conversation: Conversation;
  talk: Talk;
  video: RefObject<HTMLVideoElement | null>;
  captions: boolean;
  onCaptions: (shown: boolean) => void;
  useMicrophone: boolean;
  onUseMicrophone: (used: boolean) => void;
  micPossible: boolean;
}

/** Before a conversation: whether to use the microphone. During one: everything but the words. */
export function Controls(props: ControlsProps) {
  const { talk } = props;
  return isRunning(talk) ? <DuringTalk {...props} /> : <BeforeTalk {...props} />;
}

function BeforeTalk({ useMicrophone, onUseMicrophone, micPossible }: ControlsProps) {
  if (!micPossible) return <p className="controls controls-note">{words.insecure}</p>;
  return (
    <div className="controls">
      <Check label={words.use} hint={words.useHint} checked={useMicrophone} onChange={onUseMicrophone} testId="mic-use" />
    </div>
  );
}

function DuringTalk({ conversation, talk, video, captions, onCaptions }: ControlsProps) {
  return (
    <div className="controls">
      <MicButton conversation={conversation} talk={talk} />
      <Button
        icon="hand"
        className="controls-interrupt"
        aria-label={strings.composer.interrupt}
        title={`${strings.composer.interrupt} (Esc)`}
        disabled={talk.phase !== "live"}
        onClick={() => conversation.interrupt()}
        data-testid="interrupt"
      >
        {strings.composer.interrupt}
      </Button>
      <Button
        icon="captions"
        className="controls-captions"
        aria-label={strings.composer.captions}
        aria-pressed={captions}
        onClick={() => onCaptions(!captions)}
        data-testid="captions-toggle"
      >
        {strings.composer.captions}
      </Button>
      <Devices conversation={conversation} talk={talk} video={video} />
      <Button look="danger" icon="phone" className="controls-end" onClick={() => conversation.stop()} data-testid="stop">
        {strings.talk.stop}
      </Button>
    </div>
  );
}

function MicButton({ conversation, talk }: { conversation: Conversation; talk: Talk }) {
  const { usable, icon, button } = useMicToggle(conversation, talk);
  const action = talk.mic === "muted" ? words.unmute : words.mute;
  return (
    <span className="mic" data-testid="mic-state" data-state={talk.mic}>
      <button
        {...button}
        className="button button-plain button-bare mic-button"
        aria-label={usable ? action : words.state[talk.mic]}
        title={usable ? `${action} (M)` : words.state[talk.mic]}
      >
        <Icon name={icon} size={18} />
      </button>
      <span className="mic-text">{words.state[talk.mic]}</span>
    </span>
  );
}
