/** One persona's conversation through the official SDK, as a small store that the page reads. */
import { AnamEvent, createClient, type AnamClient, type EventCallbacks, type MessageStreamEvent } from "@anam-ai/js-sdk";

import type { Api } from "../../api";
import { strings } from "../../strings";
import { captionAfter, type Caption } from "./captions";
import { explainEnd, explainMicrophone, explainStart } from "./problems";
import { ReplyClock } from "./reply-clock";
import { withHistory, withTyped, withWords, type Entry } from "./transcript-entries";

/** The SDK finds its video element by id. */
export const VIDEO_ID = "stage-video";

export type Phase = "idle" | "starting" | "connecting" | "live" | "ended";
export type MicState = "off" | "asking" | "on" | "muted" | "blocked";

export interface Talk {
  phase: Phase;
  sessionId: string | null;
  /** On the page's own clock (performance.now), milliseconds. */
  liveSinceMs: number | null;
  lastedMs: number | null;
  /** Why it ended, unless the user ended it. */
  ending: string | null;
  mic: MicState;
  micProblem: string | null;
  micStream: MediaStream | null;
  personaSpeaks: boolean;
  userSpeaks: boolean;
  hasPicture: boolean;
  /** The browser wants a click before it plays sound. */
  soundBlocked: boolean;
  entries: readonly Entry[];
  caption: Caption | null;
  warnings: readonly string[];
  connectedMs: number | null;
  firstFrameMs: number | null;
  repliesMs: readonly number[];
}

type Reactions = Partial<EventCallbacks>;

const BEGINNING: Talk = {
  phase: "idle",
  sessionId: null,
  liveSinceMs: null,
  lastedMs: null,
  ending: null,
  mic: "off",
  micProblem: null,
  micStream: null,
  personaSpeaks: false,
  userSpeaks: false,
  hasPicture: false,
  soundBlocked: false,
  entries: [],
  caption: null,
  warnings: [],
  connectedMs: null,
  firstFrameMs: null,
  repliesMs: [],
};

/** How long the last caption stays after the voice fell silent. */
const CAPTION_STAYS_MS = 2_000;
const WARNINGS_MAX = 4;
/** The rhythm of a language model, for words sent one at a time. */
const WORD_EVERY_MS = 40;

export class Conversation {
  private talk = BEGINNING;
  private readonly readers = new Set<() => void>();
  private client: AnamClient | null = null;
  private startedAtMs = 0;
  private replyClock = new ReplyClock();
  private captionTimer = 0;
  private typedCount = 0;

  constructor(
    private readonly api: Api,
    private readonly personaId: string,
  ) {}

  readonly subscribe = (reader: () => void): (() => void) => {
    this.readers.add(reader);
    return () => this.readers.delete(reader);
  };

  readonly read = (): Talk => this.talk;

  async start(useMicrophone: boolean): Promise<void> {
    this.startedAtMs = performance.now();
    this.replyClock = new ReplyClock();
    this.talk = BEGINNING;
    this.set({ phase: "starting" });
    const attempt = this.startedAtMs;
    try {
      const token = await this.api.sessions.token({ personaId: this.personaId });
      if (this.isOver(attempt)) return;
      const client = createClient(token, { api: { baseUrl: location.origin }, disableInputAudio: !useMicrophone });
      this.client = client;
      this.listen(client);
      this.set({ phase: "connecting" });
      await client.streamToVideoElement(VIDEO_ID);
      // Ended while the session was being made: the SDK could not stop what it did not have yet.
      if (this.client !== client) await client.stopStreaming();
    } catch (error) {
      if (!this.isOver(attempt)) this.finish(explainStart(error));
    }
  }

  stop(): void {
    if (this.talk.phase !== "idle" && this.talk.phase !== "ended") this.finish(null);
  }

  send(text: string): void {
    this.replyClock.turnEnded(performance.now());
    try {
      this.client?.sendUserMessage(text);
      this.typedCount += 1;
      this.set({ entries: withTyped(this.talk.entries, `typed::${this.typedCount}`, text) });
    } catch {
      this.warn(strings.composer.notSent);
    }
  }

  /** Has the persona speak `text` as it is, in one piece or word by word through a talk stream. */
  async say(text: string, wordByWord: boolean): Promise<void> {
    this.replyClock.turnEnded(performance.now());
    try {
      await (wordByWord ? this.stream(text) : this.client?.talk(text));
    } catch {
      this.warn(strings.composer.notSpoken);
    }
  }

  interrupt(): void {
    this.client?.interruptPersona();
  }

  toggleMicrophone(): void {
    if (this.talk.mic === "on") this.client?.muteInputAudio();
    else if (this.talk.mic === "muted") this.client?.unmuteInputAudio();
    else return;
    this.set({ mic: this.talk.mic === "on" ? "muted" : "on" });
  }

  playSound(): void {
    void document.querySelector<HTMLVideoElement>(`#${VIDEO_ID}`)?.play();
    this.set({ soundBlocked: false });
  }

  dismiss(warning: string): void {
    this.set({ warnings: this.talk.warnings.filter((text) => text !== warning) });
  }

  private set(part: Partial<Talk>): void {
    this.talk = { ...this.talk, ...part };
    this.readers.forEach((reader) => reader());
  }

  private warn(text: string): void {
    this.set({ warnings: [...this.talk.warnings.filter((known) => known !== text), text].slice(-WARNINGS_MAX) });
  }

  /** The attempt was ended, or another one was begun, while we waited. */
  private isOver(attempt: number): boolean {
    return attempt !== this.startedAtMs || this.talk.phase === "ended";
  }

  private finish(ending: string | null): void {
    const client = this.client;
    this.client = null; // First: what the SDK still reports while it closes is not news.
    clearTimeout(this.captionTimer);
    const { liveSinceMs } = this.talk;
    this.set({
      phase: "ended",
      ending,
      lastedMs: liveSinceMs === null ? null : performance.now() - liveSinceMs,
      mic: "off",
      micStream: null,
      personaSpeaks: false,
      userSpeaks: false,
      hasPicture: false,
      soundBlocked: false,
      caption: null,
    });
    void client?.stopStreaming();
  }

  private async stream(text: string): Promise<void> {
    const stream = this.client?.createTalkMessageStream();
    const chunks = text.match(/\s*\S+/g) ?? [];
    for (const [index, chunk] of chunks.entries()) {
      if (!stream?.isActive()) return; // Interrupted; the page was told by an event.
      await stream.streamMessageChunk(chunk, index === chunks.length - 1);
      await new Promise((resolve) => setTimeout(resolve, WORD_EVERY_MS));
    }
  }

  private listen(client: AnamClient): void {
    const reactions = { ...this.onConnection(), ...this.onMicrophone(), ...this.onWords() };
    for (const [event, react] of Object.entries(reactions) as [AnamEvent, (...args: unknown[]) => void][]) {
      // What a client that was let go still has to say is ignored.
      client.addListener(event, (...args: unknown[]) => this.client === client && react(...args));
    }
  }

  private onConnection(): Reactions {
    const sinceStart = () => performance.now() - this.startedAtMs;
    return {
      [AnamEvent.CONNECTION_ESTABLISHED]: () => this.set({ connectedMs: sinceStart() }),
      [AnamEvent.SESSION_READY]: (sessionId) =>
        this.set({ phase: "live", sessionId, liveSinceMs: performance.now() }),
      [AnamEvent.VIDEO_STREAM_STARTED]: () => this.watchAutoplay(),
      [AnamEvent.VIDEO_PLAY_STARTED]: () => this.set({ hasPicture: true, firstFrameMs: sinceStart() }),
      [AnamEvent.CONNECTION_CLOSED]: (code, reason) => this.finish(explainEnd(code, reason)),
      [AnamEvent.SERVER_WARNING]: (text) => {
        this.replyClock.giveUp();
        this.warn(strings.told.serverWarning(text));
      },
    };
  }

  private onMicrophone(): Reactions {
    return {
      [AnamEvent.MIC_PERMISSION_PENDING]: () => this.set({ mic: "asking" }),
      [AnamEvent.MIC_PERMISSION_GRANTED]: () => this.set({ mic: "on" }),
      [AnamEvent.MIC_PERMISSION_DENIED]: (message) =>
        this.set({ mic: "blocked", micProblem: explainMicrophone(message) }),
      [AnamEvent.INPUT_AUDIO_STREAM_STARTED]: (micStream) => this.set({ micStream }),
    };
  }

  private onWords(): Reactions {
    return {
      [AnamEvent.USER_SPEECH_STARTED]: () => this.set({ userSpeaks: true }),
      [AnamEvent.USER_SPEECH_ENDED]: (turnId) => {
        this.replyClock.turnEnded(performance.now(), turnId);
        this.set({ userSpeaks: false });
      },
      [AnamEvent.MESSAGE_STREAM_EVENT_RECEIVED]: (event) => this.words(event),
      [AnamEvent.MESSAGE_HISTORY_UPDATED]: (messages) =>
        this.set({ entries: withHistory(this.talk.entries, messages) }),
      [AnamEvent.TALK_STREAM_INTERRUPTED]: () => this.warn(strings.told.talkStreamCut),
    };
  }

  private words(event: MessageStreamEvent): void {
    const isPersona = event.role === "persona";
    const begins = isPersona && event.content !== "";
    const latencyMs = begins ? this.replyClock.words(event.id, event.correlationId, performance.now()) : null;
    this.set({
      entries: withWords(this.talk.entries, event, latencyMs),
      caption: captionAfter(this.talk.caption, event),
      personaSpeaks: isPersona ? !event.endOfSpeech : this.talk.personaSpeaks,
      repliesMs: latencyMs === null ? this.talk.repliesMs : [...this.talk.repliesMs, latencyMs],
    });
    if (isPersona) this.scheduleCaptionEnd(event.endOfSpeech);
  }

  private scheduleCaptionEnd(spoken: boolean): void {
    clearTimeout(this.captionTimer);
    if (spoken) this.captionTimer = window.setTimeout(() => this.set({ caption: null }), CAPTION_STAYS_MS);
  }

  private watchAutoplay(): void {
    // The SDK attaches the stream right after this event.
    setTimeout(() => {
      const video = document.querySelector<HTMLVideoElement>(`#${VIDEO_ID}`);
      video?.play().catch((error: unknown) => {
        if (error instanceof DOMException && error.name === "NotAllowedError") this.set({ soundBlocked: true });
      });
    });
  }
}
