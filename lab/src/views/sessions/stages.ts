/** A turn's steps as pieces of a bar; pure. */
import type { Turn, Waterfall } from "../../api/sessions";

export type Stage = keyof Waterfall;

export const STAGES: readonly Stage[] = ["endpoint", "transcript", "firstToken", "firstAudio", "firstFrame", "firstPacket"];

export interface Piece {
  stage: Stage;
  fromMs: number;
  toMs: number;
}

/**
 * What each step added to the wait. A step that was done before the one ahead of it (an answer begun early) adds nothing;
 * picture and sound leave in either order, and the later one is drawn after the earlier.
 */
export function piecesOf(turn: Turn): Piece[] {
  const times = turn.waterfallMs;
  if (!times) return [];
  const order = STAGES.slice(0, 4).concat(
    (times.firstFrame ?? 0) <= (times.firstPacket ?? 0) ? ["firstFrame", "firstPacket"] : ["firstPacket", "firstFrame"],
  );
  const pieces: Piece[] = [];
  let reachedMs = 0;
  for (const stage of order) {
    const atMs = times[stage];
    if (atMs === null) continue;
    pieces.push({ stage, fromMs: reachedMs, toMs: Math.max(reachedMs, atMs) });
    reachedMs = Math.max(reachedMs, atMs);
  }
  return pieces;
}

/** When the answer was under way, in sound and picture. */
export function endOf(pieces: readonly Piece[]): number {
  return pieces.at(-1)?.toMs ?? 0;
}

const TICKS_MAX = 6;
const STEPS_MS = [50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000, 30_000];

/** Round numbers along the axis, from 0 to the end or just past it. */
export function ticksTo(endMs: number): number[] {
  const step = STEPS_MS.find((candidate) => endMs / candidate <= TICKS_MAX) ?? 60_000;
  const count = Math.max(1, Math.ceil(endMs / step));
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}
