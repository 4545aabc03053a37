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

interface Entry {
  icon: IconName;
  View: LazyExoticComponent<ComponentType<SectionProps>>;
}

export const VIEWS: Readonly<Record<Section, Entry>> = {
  personas: { icon: "persona", View: lazy(() => import("./views/personas/personas-section")) },
  avatars: { icon: "face", View: lazy(() => import("./views/avatars/avatars-section")) },
  voices: { icon: "voice", View: lazy(() => import("./views/voices/voices-section")) },
  minds: { icon: "mind", View: lazy(() => import("./views/minds/minds-section")) },
  tools: { icon: "tool", View: lazy(() => import("./views/tools/tools-section")) },
  knowledge: { icon: "book", View: lazy(() => import("./views/knowledge/knowledge-section")) },
  sessions: { icon: "clock", View: lazy(() => import("./views/sessions/sessions-section")) },
  settings: { icon: "sliders", View: lazy(() => import("./views/settings/settings-section")) },
};
