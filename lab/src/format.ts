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

/** Seconds as a latency. */
export function seconds(value: number | null | undefined, none = "—"): string {
  return value === null || value === undefined ? none : latency(value * 1000);
}

export function percent(share: number | null | undefined, none = "—"): string {
  return share === null || share === undefined ? none : `${Math.round(share * 100)} %`;
}

/** A share that is small when all is well. */
export function rate(share: number | null): string {
  return share === null ? "—" : share === 0 ? "0 %" : share < 0.001 ? "< 0.1 %" : `${(share * 100).toFixed(1)} %`;
}

export function bitRate(bitsPerSecond: number): string {
  return bitsPerSecond < 1e6 ? `${Math.round(bitsPerSecond / 1000)} kb/s` : `${(bitsPerSecond / 1e6).toFixed(2)} Mb/s`;
}

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** "5 minutes ago"; a date from a week on. */
export function ago(time: string, now = Date.now()): string {
  const span = now - Date.parse(time);
  if (span > 7 * 86_400_000) return new Date(time).toLocaleDateString("en", { dateStyle: "medium" });
  for (const [unit, ms] of STEPS) if (span >= ms) return RELATIVE.format(-Math.floor(span / ms), unit);
  return "just now";
}

export function moment(time: string): string {
  return new Date(time).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
}

const SIZES = ["B", "kB", "MB", "GB"];

export function bytes(count: number): string {
  let [size, unit] = [count, 0];
  for (; size >= 1000 && unit < SIZES.length - 1; unit++) size /= 1000;
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${SIZES[unit]}`;
}
