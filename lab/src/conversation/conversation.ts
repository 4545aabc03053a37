/** One persona's conversation through the official SDK, as a small store that a page reads. */
import { AnamEvent, createClient, type AnamClient, type EventCallbacks, type MessageStreamEvent } from "@anam-ai/js-sdk";

import { strings } from "../strings";
import { captionAfter, type Caption } from "./captions";
import { withHistory, withThought, withToolEnd, withToolUse, withTyped, withWords, type Entries } from "./entries";
import { explainEnd, explainMicrophone, explainStart } from "./problems";
import { ReplyClock } from "./reply-clock";

export type Phase = "idle" | "starting" | "connecting" | "live" | "ended";
export type MicState = "off" | "asking" | "on" | "muted" | "blocked";

/** Where the conversation is held, and who lets us in. */
export interface Door {
  /** The server's address, "https://personas.example". */
  baseUrl: string;
  /** A session token; asked for anew at every start. */
  token: () => Promise<string>;
  /** Told what pages around this one may want to know. */
  tell?: (news: News) => void;
}

/** The names and details are those that the embedded widget passes on to its page. */
export type News =
  | { name: "session-started"; detail: { sessionId: string } }
  | { name: "session-ended"; detail: { sessionId: string | null; reason: string } }
  | { name: "message-received"; detail: { role: "user" | "agent"; content: string } }
  | { name: "message-sent"; detail: { content: string } }
  | { name: "error"; detail: { code: string; message: string } }
  | { name: "mic-muted" | "mic-unmuted"; detail: Record<string, never> }
  | { name: "tool-call-started" | "tool-call-completed" | "tool-call-failed"; detail: Record<string, unknown> };

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
  /** The microphone that was chosen, "" for the browser's own choice. */
  micId: string;
  personaSpeaks: boolean;
  userSpeaks: boolean;
  hasPicture: boolean;
  /** The browser wants a click before it plays sound. */
  soundBlocked: boolean;
  entries: Entries;
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
  micId: "",
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

/** Whether it has begun and is not over. */
export function isRunning({ phase }: Pick<Talk, "phase">): boolean {
  return phase !== "idle" && phase !== "ended";
}

/** How long the last caption stays after the voice fell silent. */
const CAPTION_STAYS_MS = 2_000;
const WARNINGS_MAX = 4;
/** The rhythm of a language model, for words sent one at a time. */
const WORD_EVERY_MS = 40;

export class Conversation {
  private talk = BEGINNING;
  private readonly readers = new Set<() => void>();
  private client: AnamClient | null = null;
  private video: HTMLVideoElement | null = null;
  private picture: MediaStream | null = null;
  private startedAtMs = 0;
  private replyClock = new ReplyClock();
  private captionTimer = 0;
  private typedCount = 0;

  constructor(private readonly door: Door) {}

  readonly subscribe = (reader: () => void): (() => void) => {
    this.readers.add(reader);
    return () => this.readers.delete(reader);
  };

  readonly read = (): Talk => this.talk;

  /** Where picture and sound go; given anew whenever the page draws another element, as a ref. */
  readonly show = (video: HTMLVideoElement | null): void => {
    this.video = video;
    if (video && this.picture && video.srcObject !== this.picture) this.play(video, this.picture);
  };

  /** Begins, unless it has begun. */
  async start(useMicrophone: boolean): Promise<void> {
    if (isRunning(this.talk)) return;
    this.startedAtMs = performance.now();
    this.replyClock = new ReplyClock();
    this.talk = { ...BEGINNING, micId: this.talk.micId };
    this.set({ phase: "starting" });
    const attempt = this.startedAtMs;
    try {
      const token = await this.door.token();
      if (this.isOver(attempt)) return;
      const client = createClient(token, {
        api: { baseUrl: this.door.baseUrl },
        disableInputAudio: !useMicrophone,
        metrics: { disableClientMetrics: true },
        ...(useMicrophone && this.talk.micId && { audioDeviceId: this.talk.micId }),
      });
      this.client = client;
      this.listen(client);
      this.set({ phase: "connecting" });
      await client.stream();
      // Ended while the session was being made: the SDK could not stop what it did not have yet.
      if (this.client !== client) await client.stopStreaming();
    } catch (error) {
      if (!this.isOver(attempt)) this.fail(error);
    }
  }

  stop(): void {
    if (isRunning(this.talk)) this.finish(null);
  }

  send(text: string): void {
    this.replyClock.turnEnded(performance.now());
    try {
      this.client?.sendUserMessage(text);
      this.typedCount += 1;
      this.set({ entries: withTyped(this.talk.entries, `typed::${this.typedCount}`, text) });
      this.tell({ name: "message-sent", detail: { content: text } });
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
    if (this.talk.phase === "live") this.client?.interruptPersona();
  }

  toggleMicrophone(): void {
    if (this.talk.mic === "on") this.mute(true);
    else if (this.talk.mic === "muted") this.mute(false);
  }

  /** Switches the microphone off or on; without one nothing happens. */
  mute(muted: boolean): void {
    if (this.talk.mic !== (muted ? "on" : "muted")) return;
    if (muted) this.client?.muteInputAudio();
    else this.client?.unmuteInputAudio();
    this.set({ mic: muted ? "muted" : "on" });
    this.tell({ name: muted ? "mic-muted" : "mic-unmuted", detail: {} });
  }

  /** Takes another microphone, at once where one is in use. */
  async useMicrophone(deviceId: string): Promise<void> {
    this.set({ micId: deviceId });
    if (deviceId === "" || (this.talk.mic !== "on" && this.talk.mic !== "muted")) return;
    try {
      await this.client?.changeAudioInputDevice(deviceId);
    } catch (error) {
      this.set({ mic: "blocked", micProblem: explainMicrophone(String(error)) });
    }
  }

  playSound(): void {
    void this.video?.play();
    this.set({ soundBlocked: false });
  }

  dismiss(warning: string): void {
    this.set({ warnings: this.talk.warnings.filter((text) => text !== warning) });
  }

  private set(part: Partial<Talk>): void {
    this.talk = { ...this.talk, ...part };
    this.readers.forEach((reader) => reader());
  }

  private tell(news: News): void {
    this.door.tell?.(news);
  }

  private warn(text: string): void {
    this.set({ warnings: [...this.talk.warnings.filter((known) => known !== text), text].slice(-WARNINGS_MAX) });
  }

  /** The attempt was ended, or another one was begun, while we waited. */
  private isOver(attempt: number): boolean {
    return attempt !== this.startedAtMs || this.talk.phase === "ended";
  }

  private fail(error: unknown): void {
    const { code, message } = explainStart(error);
    this.tell({ name: "error", detail: { code, message } });
    this.finish(message);
  }

  private finish(ending: string | null): void {
    const client = this.client;
    this.client = null; // First: what the SDK still reports while it closes is not news.
    clearTimeout(this.captionTimer);
    const { liveSinceMs, sessionId } = this.talk;
    this.picture = null;
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
    if (sessionId !== null) this.tell({ name: "session-ended", detail: { sessionId, reason: ending ?? "user" } });
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
    const reactions = { ...this.onConnection(), ...this.onMicrophone(), ...this.onWords(), ...this.onTools() };
    for (const [event, react] of Object.entries(reactions) as [AnamEvent, (...args: unknown[]) => void][]) {
      // What a client that was let go still has to say is ignored.
      client.addListener(event, (...args: unknown[]) => this.client === client && react(...args));
    }
  }

  private onConnection(): Reactions {
    return {
      [AnamEvent.CONNECTION_ESTABLISHED]: () => this.set({ connectedMs: performance.now() - this.startedAtMs }),
      [AnamEvent.SESSION_READY]: (sessionId) => {
        this.set({ phase: "live", sessionId, liveSinceMs: performance.now() });
        this.tell({ name: "session-started", detail: { sessionId } });
      },
      [AnamEvent.VIDEO_STREAM_STARTED]: (picture) => {
        this.picture = picture;
        if (this.video) this.play(this.video, picture);
      },
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
      [AnamEvent.MESSAGE_HISTORY_UPDATED]: (messages) => {
        this.set({ entries: withHistory(this.talk.entries, messages) });
        const last = messages.at(-1);
        if (!last) return;
        const role = last.role === "persona" ? "agent" : "user";
        this.tell({ name: "message-received", detail: { role, content: last.content } });
      },
      [AnamEvent.REASONING_STREAM_EVENT_RECEIVED]: (event) =>
        this.set({ entries: withThought(this.talk.entries, event.id, event.content, event.endOfThought) }),
      [AnamEvent.TALK_STREAM_INTERRUPTED]: () => this.warn(strings.told.talkStreamCut),
    };
  }

  private onTools(): Reactions {
    return {
      [AnamEvent.TOOL_CALL_STARTED]: (call) => {
        const { toolCallId: id, toolName: name, toolType, toolSubtype, arguments: given } = call;
        this.set({ entries: withToolUse(this.talk.entries, { id, name, type: toolSubtype ?? toolType, given }) });
        this.tell({ name: "tool-call-started", detail: { ...call } });
      },
      [AnamEvent.TOOL_CALL_COMPLETED]: (call) => {
        const { result: answer, executionTime: tookMs, documentsAccessed: documents = [] } = call;
        const end = { state: "done", answer, tookMs, documents } as const;
        this.set({ entries: withToolEnd(this.talk.entries, call.toolCallId, end) });
        this.tell({ name: "tool-call-completed", detail: { ...call } });
      },
      [AnamEvent.TOOL_CALL_FAILED]: (call) => {
        const end = { state: "failed", problem: call.errorMessage, tookMs: call.executionTime } as const;
        this.set({ entries: withToolEnd(this.talk.entries, call.toolCallId, end) });
        this.tell({ name: "tool-call-failed", detail: { ...call } });
      },
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

  private play(video: HTMLVideoElement, picture: MediaStream): void {
    video.srcObject = picture;
    const seen = () => {
      if (this.picture !== picture || this.talk.hasPicture) return;
      this.set({ hasPicture: true, firstFrameMs: performance.now() - this.startedAtMs });
    };
    if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(seen);
    else (video as HTMLVideoElement).addEventListener("playing", seen, { once: true });
    video.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.set({ soundBlocked: true });
    });
  }
}
