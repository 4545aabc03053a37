/** Numbers and names as people read them. */

export function duration(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(whole / 60);
  return `${minutes}:${String(whole % 60).padStart(2, "0")}`;
}

/** Milliseconds below one second, seconds with two decimals above. */
export function latency(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** A name without the mark that the server's own rows carry. */
export function ownName(name: string): string {
  return name.replace(/ \(built-in\)$/, "");
}

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
