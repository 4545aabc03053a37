/** The pages of the Lab. Each is loaded when it is first opened. */
import { lazy, type ComponentType, type LazyExoticComponent } from "react";

import type { Api } from "./api";
import type { Place, Section } from "./route";
import type { IconName } from "./ui/icon";

export interface SectionProps {
  api: Api;
  place: Place;
  apiKey: string;
  onSignOut: () => void;
}

type View = ComponentType<SectionProps>;

interface Entry {
  icon: IconName;
  /** The page itself where it is there, or else one that waits for it. */
  view: () => View | LazyExoticComponent<View>;
  /** Begins to load it. */
  load: () => Promise<unknown>;
}

/** React keeps a spinner that it has shown for a third of a second; a page that was loaded before it is shown needs none. */
function page(icon: IconName, fetch: () => Promise<{ default: View }>): Entry {
  let there: View | null = null;
  const load = async () => {
    const module = await fetch();
    there = module.default;
    return module;
  };
  const waiting = lazy(load);
  return { icon, view: () => there ?? waiting, load };
}

export const VIEWS: Readonly<Record<Section, Entry>> = {
  personas: page("persona", () => import("./views/personas/personas-section")),
  avatars: page("face", () => import("./views/avatars/avatars-section")),
  voices: page("voice", () => import("./views/voices/voices-section")),
  minds: page("mind", () => import("./views/minds/minds-section")),
  tools: page("tool", () => import("./views/tools/tools-section")),
  knowledge: page("book", () => import("./views/knowledge/knowledge-section")),
  sessions: page("clock", () => import("./views/sessions/sessions-section")),
  settings: page("sliders", () => import("./views/settings/settings-section")),
};
