/** The word for a number from 0 to 1, of several from the least to the most. */
export function inWords(value: number, scale: readonly string[]): string {
  return scale[Math.round(value * (scale.length - 1))] ?? String(value);
}
