import { go, href } from "../../route";
import type { SectionProps } from "../../sections";
import { strings } from "../../strings";
import { Tabs } from "../../ui/choice";
import { PageHead } from "../../ui/page";
import { HealthPart } from "./health-part";
import { KeysPart } from "./keys-part";
import { LookPart } from "./look-part";
import { ProvidersPart } from "./providers-part";
import "./settings.css";

const words = strings.settings;
const PARTS = ["keys", "providers", "health", "look"] as const;

export default function SettingsSection({ api, place, apiKey, onSignOut }: SectionProps) {
  const part = PARTS.find((name) => name === place.path[0]) ?? "keys";
  const content = {
    keys: <KeysPart api={api} />,
    providers: <ProvidersPart api={api} />,
    health: <HealthPart api={api} />,
    look: <LookPart apiKey={apiKey} onSignOut={onSignOut} />,
  };
  return (
    <div className="page settings">
      <PageHead title={words.title} lead={words.lead} />
      <Tabs
        label={words.parts}
        value={part}
        onChange={(next) => go(href("settings", [next]))}
        tabs={PARTS.map((name) => ({ value: name, label: words.tabs[name], testId: `settings-${name}`, content: content[name] }))}
      />
    </div>
  );
}
