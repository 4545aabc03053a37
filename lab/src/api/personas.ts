import type { Avatar } from "./avatars";
import { pathOf, type Http, type Page } from "./http";
import type { Voice } from "./voices";

export interface PersonaSummary {
  id: string;
  name: string | null;
  description: string | null;
  avatar: Avatar | null;
  voice: Voice | null;
  /** Built in: it can be used and copied, not changed. */
  isDefaultPersona: boolean;
}

export interface Persona {
  id: string;
  name: string | null;
  description: string | null;
  avatar: Avatar | null;
  avatarModel: string | null;
  voice: Voice | null;
  voiceSpeed: number | null;
  llmId: string | null;
  brain: { personality: string | null; systemPrompt: string | null };
  skipGreeting: boolean;
  initialMessage: string | null;
  uninterruptibleGreeting: boolean;
  zeroDataRetention: boolean;
  enableAudioPassthrough: boolean;
  voiceDetectionOptions: Record<string, unknown> | null;
  voiceGenerationOptions: Record<string, unknown> | null;
  directorNotes: Record<string, unknown> | null;
  languageCode: string | null;
  maxSessionLengthSeconds: number | null;
  toolIds: string[];
  fallbackVoiceIds: string[];
  fallbackLlmIds: string[];
  widgetConfig: WidgetConfig;
}

/** How the embedded widget looks; null removes a choice. */
export interface WidgetConfig {
  callToAction?: string | null;
  allowedOrigins?: string[];
  allowEverywhere?: boolean;
  layout?: string;
  initialState?: string;
  position?: string;
  orientation?: string;
  showTextInput?: boolean;
  showMuteButton?: boolean;
  showTranscript?: boolean;
  showCaptions?: boolean;
}

/** What may be set, by the names of the wire. */
export type PersonaFields = Readonly<Record<string, unknown>>;

const PATH = "/v1/personas";
const PAGE_ROWS = 30;

/** The request that would make the same persona once more, without what is empty anyway. */
export function requestOf(persona: Persona): Record<string, unknown> {
  const { id: _id, avatar, voice, brain, ...rest } = persona;
  const whole: Record<string, unknown> = {
    name: rest.name,
    description: rest.description,
    avatarId: avatar?.id,
    avatarModel: rest.avatarModel,
    voiceId: voice?.id,
    voiceSpeed: rest.voiceSpeed,
    llmId: rest.llmId,
    systemPrompt: brain.systemPrompt,
    personality: brain.personality,
    initialMessage: rest.initialMessage,
    skipGreeting: rest.skipGreeting,
    uninterruptibleGreeting: rest.uninterruptibleGreeting,
    zeroDataRetention: rest.zeroDataRetention,
    enableAudioPassthrough: rest.enableAudioPassthrough,
    voiceDetectionOptions: rest.voiceDetectionOptions,
    voiceGenerationOptions: rest.voiceGenerationOptions,
    directorNotes: rest.directorNotes,
    languageCode: rest.languageCode,
    maxSessionLengthSeconds: rest.maxSessionLengthSeconds,
    toolIds: rest.toolIds,
    fallbackVoiceIds: rest.fallbackVoiceIds,
    fallbackLlmIds: rest.fallbackLlmIds,
  };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === null || value === undefined || value === "" || value === false;
}

export class Personas {
  constructor(private readonly http: Http) {}

  list(search: string, page: number, signal?: AbortSignal): Promise<Page<PersonaSummary>> {
    return this.http.get(pathOf(PATH, { page, perPage: PAGE_ROWS, search }), signal);
  }

  get(id: string, signal?: AbortSignal): Promise<Persona> {
    return this.http.get(this.of(id), signal);
  }

  /** Lists alone say who is built in. */
  async isBuiltIn(persona: Persona): Promise<boolean> {
    const found = await this.list(persona.name ?? "", 1);
    return found.data.some((row) => row.id === persona.id && row.isDefaultPersona);
  }

  create(fields: PersonaFields): Promise<Persona> {
    return this.http.post(PATH, fields);
  }

  /** One's own copy, built-in ones included. */
  async duplicate(id: string, nameOf: (name: string) => string): Promise<Persona> {
    const persona = await this.get(id);
    return this.http.post(PATH, { ...requestOf(persona), name: nameOf(persona.name ?? "") });
  }

  /** Sends only what is given; everything else stays as it is. */
  update(id: string, fields: PersonaFields): Promise<Persona> {
    return this.http.put(this.of(id), fields);
  }

  delete(id: string): Promise<void> {
    return this.http.delete(this.of(id));
  }

  private of(id: string): string {
    return `${PATH}/${encodeURIComponent(id)}`;
  }
}
