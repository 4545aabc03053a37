import { useState } from "react";

import { maskKey } from "../../key";
import { strings } from "../../strings";
import { loadTheme, storeTheme, THEMES } from "../../theme";
import { Button } from "../../ui/button";
import { Segmented } from "../../ui/choice";

const words = strings.settings.look;

export function LookPart({ apiKey, onSignOut }: { apiKey: string; onSignOut: () => void }) {
  const [theme, setTheme] = useState(loadTheme);
  return (
    <dl className="card pairs look">
      <div>
        <dt>{words.theme}</dt>
        <dd>
          <Segmented
            label={words.theme}
            value={theme}
            onChange={(next) => {
              storeTheme(next);
              setTheme(next);
            }}
            options={THEMES.map((name) => ({ value: name, label: words.themes[name], testId: `theme-${name}` }))}
          />
          <p className="field-hint">{words.themeHint}</p>
        </dd>
      </div>
      <div>
        <dt>{words.signedIn}</dt>
        <dd className="look-key">
          <span className="mono">{maskKey(apiKey)}</span>
          <Button icon="signOut" onClick={onSignOut}>
            {words.signOut}
          </Button>
        </dd>
      </div>
    </dl>
  );
}
