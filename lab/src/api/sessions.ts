import { pathOf, type Http, type Page } from "./http";

/** Who is to talk: a stored persona, or one described on the spot. */
export type PersonaConfig = { personaId: string } | Readonly<Record<string, unknown>>;

/** Width and height go together; what a face does not have is refused. */
export interface SessionOptions {
  videoWidth?: number;
  videoHeight?: number;
}

export interface Session {
  id: string;
  personaId: string | null;
  clientLabel: string | null;
  startTime: string;
  endTime: string | null;
  sessionLengthMs: number | null;
  exitStatus: string | null;
  personaConfig: { name?: string | null };
  status: "active" | "ended";
}

export interface ToolCallDetail {
  toolCallId: string | null;
  toolName: string | null;
  toolType: string | null;
  status: "started" | "completed" | "failed" | null;
  durationSeconds: number | null;
  errorMessage: string | null;
  turnIndex: number;
  arguments: Record<string, unknown> | null;
  result: string | null;
}

export interface SessionDetail extends Session {
  toolCalls: ToolCallDetail[];
}

export interface TranscriptMessage {
  role: "user" | "persona";
  message: string;
  timestamp: string | null;
  speakingDurationSeconds: number | null;
  wasInterrupted?: boolean;
}

export interface Transcript {
  personaName: string;
  startTime: string;
  transcriptsEnabled: boolean;
  messages: TranscriptMessage[];
}

/** Milliseconds since the user stopped speaking, or did what began the turn. */
export interface Waterfall {
  endpoint: number | null;
  transcript: number | null;
  firstToken: number | null;
  firstAudio: number | null;
  firstFrame: number | null;
  firstPacket: number | null;
}

export interface Turn {
  turnIndex: number;
  correlationId: string | null;
  userSpeechDurationSeconds: number | null;
  speakingDurationSeconds: number | null;
  firstAudioLatencySeconds: number | null;
  wasInterrupted: boolean;
  interruptedStage: string | null;
  waterfallMs: Waterfall | null;
  /** How much later than its sound a picture of the answer left: the middle one; negative when it was ahead. */
  avSkewMs: number | null;
  userMessage?: string;
  assistantMessage?: string;
}

export interface Spread {
  p50: number;
  p95: number;
  max: number;
}

/** The line to the client, as the server measured it. */
export interface Network {
  roundTripMs: Spread | null;
  jitterMs: Spread | null;
  packetsSent: number;
  packetsLost: number;
  packetLossRate: number | null;
  sentBitsPerSecond: number;
}

export interface SessionAnalytics {
  durationSeconds: number | null;
  config: {
    llmProvider: string | null;
    llmModel: string | null;
    ttsProvider: string | null;
    ttsVoice: string | null;
    avatarKey: string | null;
    languageCode: string | null;
  };
  summary: {
    totalTurns: number;
    completedTurns: number;
    interruptedTurns: number;
    totalWarnings: number;
    totalErrors: number;
    averageLatencies: { firstAudioLatencySeconds: number | null };
  };
  /** Who really thought, spoke and listened. */
  providers: { kind: "llm" | "tts" | "stt"; provider: string; model: string | null }[];
  network: Network | null;
  avSkew: { meanMs: number; worstMs: number } | null;
  turns: Turn[];
}

export interface LatencyStats {
  count: number;
  p50: number | null;
  p95: number | null;
}

export interface Aggregate {
  sessionCount: number;
  turnCount: number;
  latencies: { firstAudioLatencySeconds: LatencyStats; llmTimeToFirstOutputSeconds: LatencyStats };
  rates: { interruptionRate: number | null; errorSessionRate: number | null };
}

export interface SessionFilters {
  search: string;
  personaId: string;
  /** "" for both. */
  active: "" | "true" | "false";
}

const PATH = "/v1/sessions";
const PAGE_ROWS = 20;

export class Sessions {
  constructor(private readonly http: Http) {}

  /** A token for one conversation, for the official client. */
  async token(personaConfig: PersonaConfig, sessionOptions: SessionOptions = {}, signal?: AbortSignal): Promise<string> {
    const body = { clientLabel: "visavis-lab", personaConfig, sessionOptions };
    const answer = await this.http.post<{ sessionToken: string }>("/v1/auth/session-token", body, signal);
    return answer.sessionToken;
  }

  list(filters: SessionFilters, page: number, signal?: AbortSignal): Promise<Page<Session>> {
    return this.http.get(pathOf(PATH, { ...filters, page, perPage: PAGE_ROWS }), signal);
  }

  get(id: string, signal?: AbortSignal): Promise<SessionDetail> {
    return this.http.get(this.of(id), signal);
  }

  transcript(id: string, signal?: AbortSignal): Promise<Transcript> {
    return this.http.get(this.of(id, "/transcript"), signal);
  }

  async captions(id: string): Promise<string> {
    return (await this.http.raw(this.of(id, "/transcript"), "text/vtt")).text();
  }

  analytics(id: string, signal?: AbortSignal): Promise<SessionAnalytics> {
    return this.http.get(pathOf(this.of(id, "/analytics"), { includeMessages: true }), signal);
  }

  /** Of the last 24 hours. */
  lately(signal?: AbortSignal): Promise<Aggregate> {
    return this.http.get(`${PATH}/analytics`, signal);
  }

  concurrency(signal?: AbortSignal): Promise<{ limit: number; active: number; canStartSession: boolean }> {
    return this.http.get(`${PATH}/concurrency`, signal);
  }

  /** Where the film can be fetched for an hour. */
  async recording(id: string, signal?: AbortSignal): Promise<string> {
    return (await this.http.get<{ recordingUrl: string }>(this.of(id, "/recording"), signal)).recordingUrl;
  }

  stop(id: string): Promise<unknown> {
    return this.http.post(this.of(id, "/stop"), undefined);
  }

  delete(id: string): Promise<void> {
    return this.http.delete(this.of(id));
  }

  private of(id: string, part = ""): string {
    return `${PATH}/${encodeURIComponent(id)}${part}`;
  }
}
