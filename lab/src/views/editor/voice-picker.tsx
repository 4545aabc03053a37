import { useId, useState } from "react";

import type { Voice } from "../../api";
import { strings } from "../../strings";
import { IconButton } from "../../ui/button";
import { FieldError } from "../../ui/field";
import { useSample } from "../../ui/use-sample";

const words = strings.editor;

/** From here on a list is searched rather than read. */
const SEARCH_FROM_ROWS = 8;

interface VoicePickerProps {
  voices: readonly Voice[];
  value: string;
  error: string | undefined;
  onChange: (id: string) => void;
}

export function VoicePicker({ voices, value, error, onChange }: VoicePickerProps) {
  const name = useId();
  const [search, setSearch] = useState("");
  const sample = useSample();
  const wanted = search.trim().toLowerCase();
  const shown = voices.filter((voice) => wanted === "" || describe(voice).toLowerCase().includes(wanted));
  return (
    <fieldset className="field">
      <legend className="field-label">{words.voice}</legend>
      {voices.length >= SEARCH_FROM_ROWS && (
        <input
          className="input"
          type="search"
          aria-label={words.voiceSearch}
          placeholder={words.voiceSearch}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      <div className="voices">
        {shown.map((voice) => (
          <div key={voice.id} className="voice" data-testid="editor-voice" data-id={voice.id}>
            <label className="voice-choice">
              <input type="radio" name={name} checked={voice.id === value} onChange={() => onChange(voice.id)} />
              <span className="voice-text">
                <span className="voice-name">{voice.displayName}</span>
                <span className="voice-detail">{detailOf(voice)}</span>
              </span>
            </label>
            {voice.sampleUrl && (
              <IconButton
                icon={sample.playing === voice.sampleUrl ? "stop" : "play"}
                label={sample.playing === voice.sampleUrl ? words.stop(voice.displayName) : words.play(voice.displayName)}
                onClick={() => sample.toggle(voice.sampleUrl ?? "")}
                data-testid="editor-voice-play"
              />
            )}
          </div>
        ))}
      </div>
      <FieldError error={error ?? (sample.failed ? words.sampleFailed : undefined)} />
    </fieldset>
  );
}

export function detailOf(voice: Voice): string {
  const gender = voice.gender ? voice.gender.charAt(0) + voice.gender.slice(1).toLowerCase() : null;
  return [gender, voice.country, voice.description].filter(Boolean).join(" · ");
}

function describe(voice: Voice): string {
  return `${voice.displayName} ${detailOf(voice)}`;
}
