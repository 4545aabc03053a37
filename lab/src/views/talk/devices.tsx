import { useEffect, useRef, useState, type RefObject } from "react";

import type { Conversation, Talk } from "../../conversation/conversation";
import { useDevices } from "../../conversation/microphone";
import { activity } from "../../strings/activity";
import { IconButton } from "../../ui/button";
import { Field } from "../../ui/field";
import { Select } from "../../ui/select";

const words = activity.devices;

interface DevicesProps {
  conversation: Conversation;
  talk: Talk;
  video: RefObject<HTMLVideoElement | null>;
}

/** Which microphone is heard and which speaker speaks. */
export function Devices({ conversation, talk, video }: DevicesProps) {
  const [open, setOpen] = useState(false);
  const [speakerId, setSpeakerId] = useState("");
  const root = useRef<HTMLDivElement>(null);
  const devices = useDevices(talk.mic === "on" || talk.mic === "muted");
  useEffect(() => {
    if (!open) return;
    const outside = (event: PointerEvent) => !root.current?.contains(event.target as Node) && setOpen(false);
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [open]);
  const canChooseSpeaker = "setSinkId" in HTMLMediaElement.prototype;
  return (
    <div
      className="devices"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        event.preventDefault(); // Escape would interrupt the persona.
        setOpen(false);
      }}
    >
      <IconButton icon="sliders" look="plain" label={words.title} aria-expanded={open} onClick={() => setOpen(!open)} data-testid="devices" />
      {open && (
        <div className="devices-panel" role="group" aria-label={words.title}>
          <Choice
            label={words.microphone}
            devices={devices.microphones}
            value={talk.micId}
            onChange={(id) => void conversation.useMicrophone(id)}
            testId="device-microphone"
          />
          {canChooseSpeaker && (
            <Choice
              label={words.speaker}
              devices={devices.speakers}
              value={speakerId}
              onChange={(id) => void video.current?.setSinkId(id).then(() => setSpeakerId(id), () => undefined)}
              testId="device-speaker"
            />
          )}
          {devices.microphones.length === 0 && <p className="field-hint">{words.hint}</p>}
        </div>
      )}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  devices: readonly MediaDeviceInfo[];
  value: string;
  onChange: (id: string) => void;
  testId: string;
}

function Choice({ label, devices, value, onChange, testId }: ChoiceProps) {
  return (
    <Field label={label}>
      {(control) => (
        <Select {...control} value={value} onChange={onChange} testId={testId}>
          <option value="">{words.automatic}</option>
          {devices
            .filter((device) => device.deviceId !== "default")
            .map((device) => (
              <option key={device.deviceId} value={device.deviceId}>
                {device.label}
              </option>
            ))}
        </Select>
      )}
    </Field>
  );
}
