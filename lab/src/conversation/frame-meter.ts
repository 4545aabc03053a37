import { useEffect, useState, type RefObject } from "react";

export interface FrameFigures {
  /** Frames shown per second, over the last two seconds. */
  fps: number | null;
  longestGapMs: number | null;
  width: number;
  height: number;
  dropped: number;
  /** From the arrival of a frame to its place on the screen; only some browsers tell. */
  bufferedMs: number | null;
  stalled: boolean;
}

interface Frame {
  atMs: number;
  /** How many frames were shown up to this one, including those we were not called for. */
  count: number;
  gapMs: number;
}

const FPS_WINDOW_MS = 2_000;
const GAP_WINDOW_MS = 10_000;
const STALLED_AFTER_MS = 2_500;
const PUBLISH_EVERY_MS = 500;

/** Watches the frames of one video element. */
class FrameMeter {
  private frames: Frame[] = [];
  private bufferedMs: number | null = null;
  private handle = 0;

  constructor(private readonly video: HTMLVideoElement) {
    this.watch();
  }

  stop(): void {
    this.video.cancelVideoFrameCallback(this.handle);
  }

  /** A hidden page gets no frames; counting begins anew when it is seen again. */
  reset(): void {
    this.frames = [];
  }

  read(nowMs: number): FrameFigures {
    const recent = this.frames.filter((frame) => nowMs - frame.atMs <= FPS_WINDOW_MS);
    const [first, last] = [recent[0], recent.at(-1)];
    const spanMs = first && last ? last.atMs - first.atMs : 0;
    const newest = this.frames.at(-1);
    return {
      fps: first && last && spanMs > FPS_WINDOW_MS / 4 ? ((last.count - first.count) * 1000) / spanMs : null,
      longestGapMs: this.frames.length > 1 ? Math.max(...this.frames.map((frame) => frame.gapMs)) : null,
      width: this.video.videoWidth,
      height: this.video.videoHeight,
      dropped: this.video.getVideoPlaybackQuality().droppedVideoFrames,
      bufferedMs: this.bufferedMs,
      stalled: newest !== undefined && nowMs - newest.atMs > STALLED_AFTER_MS,
    };
  }

  private watch(): void {
    this.handle = this.video.requestVideoFrameCallback((nowMs, metadata) => {
      this.note(nowMs, metadata);
      this.watch();
    });
  }

  private note(nowMs: number, metadata: VideoFrameCallbackMetadata): void {
    const before = this.frames.at(-1);
    const shown = before ? metadata.presentedFrames - before.count : 1;
    // A busy page is not called for every frame; then only the mean gap of those frames is known.
    const gapMs = before && shown > 0 ? (metadata.presentationTime - before.atMs) / shown : 0;
    this.frames.push({ atMs: metadata.presentationTime, count: metadata.presentedFrames, gapMs });
    while (this.frames[0] && nowMs - this.frames[0].atMs > GAP_WINDOW_MS) this.frames.shift();
    if (metadata.receiveTime !== undefined) this.bufferedMs = metadata.expectedDisplayTime - metadata.receiveTime;
  }
}

/** What the frames of `ref` look like, twice a second while `active`; the last figures stay afterwards. */
export function useFrameFigures(ref: RefObject<HTMLVideoElement | null>, active: boolean): FrameFigures | null {
  const [figures, setFigures] = useState<FrameFigures | null>(null);
  useEffect(() => {
    const video = ref.current;
    if (!active || !video || !("requestVideoFrameCallback" in video)) return;
    const meter = new FrameMeter(video);
    const onVisibility = () => meter.reset();
    document.addEventListener("visibilitychange", onVisibility);
    const timer = setInterval(() => !document.hidden && setFigures(meter.read(performance.now())), PUBLISH_EVERY_MS);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onVisibility);
      meter.stop();
    };
  }, [ref, active]);
  return figures;
}
