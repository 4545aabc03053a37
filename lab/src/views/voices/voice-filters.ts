/** Which voices are shown; pure. */
import type { Voice } from "../../api";

export interface VoiceFilters {
  search: string;
  provider: string;
  gender: string;
  country: string;
}

export const NO_FILTERS: VoiceFilters = { search: "", provider: "", gender: "", country: "" };

export function matches(voice: Voice, filters: VoiceFilters): boolean {
  const text = `${voice.displayName} ${voice.description ?? ""} ${voice.displayTags.join(" ")}`.toLowerCase();
  return (
    text.includes(filters.search.trim().toLowerCase()) &&
    (filters.provider === "" || voice.provider === filters.provider) &&
    (filters.gender === "" || voice.gender === filters.gender) &&
    (filters.country === "" || voice.country === filters.country)
  );
}

/** What there is to choose from. */
export function valuesOf(voices: readonly Voice[], key: "provider" | "gender" | "country"): string[] {
  return [...new Set(voices.flatMap((voice) => voice[key] ?? []))].sort();
}
