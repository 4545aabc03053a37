import type { Conversation, Talk } from "../conversation/conversation";
import { useMicToggle } from "../conversation/use-mic-toggle";
import { guest as words } from "../strings/guest";
import { Icon, type IconName } from "../ui/icon";
import type { RoomLook } from "./room";

interface DockProps {
  conversation: Conversation;
  talk: Talk;
  look: RoomLook;
  captions: boolean;
  onCaptions: (shown: boolean) => void;
  typing: boolean;
  onTyping: (open: boolean) => void;
  reading: boolean;
  onReading: (open: boolean) => void;
}

/** Everything but the words, at the lower edge of the picture where thumbs are. */
export function Dock(props: DockProps) {
  const { conversation, talk, look } = props;
  return (
    <div className="room-dock">
      {look.muteButton && <Mute conversation={conversation} talk={talk} />}
      {!look.orb && <Toggle icon="captions" label={words.captions} on={props.captions} onChange={props.onCaptions} testId="captions-toggle" />}
      {look.textInput && talk.mic !== "blocked" && talk.mic !== "off" && (
        <Toggle icon="keyboard" label={words.keyboard} on={props.typing} onChange={props.onTyping} testId="typing-toggle" />
      )}
      {look.transcript && <Toggle icon="chat" label={words.transcript} on={props.reading} onChange={props.onReading} testId="transcript-toggle" />}
      <button type="button" className="room-end" onClick={() => conversation.stop()} aria-label={words.endLong} data-testid="stop">
        <Icon name="phone" />
        <span>{words.end}</span>
      </button>
    </div>
  );
}

interface ToggleProps {
  icon: IconName;
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
  testId: string;
}

function Toggle({ icon, label, on, onChange, testId }: ToggleProps) {
  return (
    <button type="button" className="room-button" aria-label={label} title={label} aria-pressed={on} onClick={() => onChange(!on)} data-testid={testId}>
      <Icon name={icon} />
    </button>
  );
}

function Mute({ conversation, talk }: Pick<DockProps, "conversation" | "talk">) {
  const { usable, icon, button } = useMicToggle(conversation, talk);
  const label = usable ? (talk.mic === "muted" ? words.unmuteLong : words.muteLong) : words.noMic;
  return (
    <button {...button} className="room-button room-mute" aria-label={label} title={talk.micProblem ?? label} data-state={talk.mic}>
      <Icon name={icon} />
    </button>
  );
}
