/** What voices can be told, by provider; the server has the last word and names what it does not accept. */
import type { Voice } from "../../api";

export type VoiceOption = { name: string } & (
  | { kind: "number"; min: number; max: number; step: number; byDefault: number }
  | { kind: "flag"; byDefault: boolean }
  | { kind: "choice"; values: readonly string[]; byDefault: string }
  | { kind: "text"; charsMax: number }
);

function number(name: string, min: number, max: number, byDefault: number, step = 0.05): VoiceOption {
  return { name, kind: "number", min, max, step, byDefault };
}

const ELEVENLABS_V1 = [number("stability", 0, 1, 0.5), number("similarityBoost", 0, 1, 0.75), number("speed", 0.7, 1.2, 1)];

const OF_PROVIDER: Readonly<Record<string, readonly VoiceOption[]>> = {
  ELEVENLABS: [
    ...ELEVENLABS_V1,
    number("style", 0, 1, 0),
    { name: "useSpeakerBoost", kind: "flag", byDefault: true },
    { name: "model", kind: "text", charsMax: 100 },
  ],
  CARTESIA: [
    number("volume", 0.5, 2, 1),
    number("speed", 0.6, 1.5, 1),
    { name: "emotion", kind: "choice", values: ["neutral", "calm", "angry", "content", "sad", "scared"], byDefault: "neutral" },
  ],
  FISH_AUDIO: [number("volume", 0.5, 2, 1), number("speed", 0.5, 2, 1)],
  OPENAI_ADVANCED_VOICE: [number("speed", 0.25, 4, 1), { name: "instructions", kind: "text", charsMax: 1000 }],
  AZURE: [number("volume", 0, 2, 1), number("speed", 0.5, 2, 1), { name: "speakingStyle", kind: "text", charsMax: 1000 }],
  DEEPGRAM: [number("speed", 0.7, 1.5, 1)],
  BUILT_IN: [number("volume", 0, 4, 1), number("speed", 0.5, 2, 1), number("pitch", 0.7, 1.4, 1), number("tract", 0.85, 1.15, 1, 0.01)],
};

export function optionsOf(voice: Voice | undefined): readonly VoiceOption[] {
  if (!voice) return [];
  // The first generation of that provider's models has fewer.
  if (voice.provider === "ELEVENLABS" && voice.providerModelId.endsWith("_v1")) return ELEVENLABS_V1;
  return OF_PROVIDER[voice.provider] ?? [];
}
