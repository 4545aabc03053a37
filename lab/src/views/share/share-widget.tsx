import { useState, type FormEvent } from "react";

import type { WidgetConfig } from "../../api/personas";
import { share } from "../../strings/share";
import { Button } from "../../ui/button";
import { Check, Field } from "../../ui/field";
import { Notice } from "../../ui/notice";
import { Select } from "../../ui/select";
import type { WayProps } from "./share-dialog";
import { lines } from "./share-frame";
import { Snippet } from "../../ui/snippet";

const words = share.widget;

export function widgetCode(personaId: string): string {
  return `<script async src="${location.origin}/widget.js"></script>\n<visavis-widget persona-id="${personaId}"></visavis-widget>`;
}

const CHOICES = [
  ["layout", words.layout, words.layouts, "floating"],
  ["position", words.position, words.positions, "bottom-right"],
  ["initialState", words.initialState, words.initialStates, "expanded"],
  ["orientation", words.orientation, words.orientations, "landscape"],
] as const;
const FLAGS = Object.entries(words.flags) as [keyof typeof words.flags, string][];

/** How the widget looks and which pages may show it; kept with the persona. */
export function ShareWidget({ api, persona, builtIn }: WayProps) {
  const [config, setConfig] = useState<WidgetConfig>(persona.widgetConfig);
  const [origins, setOrigins] = useState((persona.widgetConfig.allowedOrigins ?? []).join("\n"));
  const [state, setState] = useState<"idle" | "saving" | "saved">("idle");
  const [problem, setProblem] = useState<string | null>(null);
  if (builtIn) return <p className="share share-lead">{words.builtIn}</p>;

  const change = (some: WidgetConfig) => {
    setConfig((now) => ({ ...now, ...some }));
    setState("idle");
  };
  async function save(event: FormEvent) {
    event.preventDefault();
    setState("saving");
    setProblem(null);
    try {
      await api.personas.update(persona.id, { widgetConfig: { ...config, allowedOrigins: lines(origins) } });
      setState("saved");
    } catch (error) {
      setState("idle");
      setProblem(`${share.failed} ${error instanceof Error ? error.message : ""}`);
    }
  }
  return (
    <form className="share" onSubmit={(event) => void save(event)}>
      <p className="share-lead">{words.lead}</p>
      {problem && <Notice tone="danger">{problem}</Notice>}
      <Check label={share.frame.everywhere} checked={config.allowEverywhere ?? false} onChange={(allowEverywhere) => change({ allowEverywhere })} />
      {!config.allowEverywhere && (
        <Field label={share.frame.origins} hint={share.frame.originsHint}>
          {(control) => (
            <textarea
              {...control}
              className="input"
              rows={2}
              value={origins}
              placeholder="https://example.com"
              onChange={(event) => {
                setOrigins(event.target.value);
                setState("idle");
              }}
              data-testid="widget-origins"
            />
          )}
        </Field>
      )}
      <div className="share-grid">
        {CHOICES.map(([name, label, values, byDefault]) => (
          <Field key={name} label={label}>
            {(control) => (
              <Select {...control} value={config[name] ?? byDefault} onChange={(value) => change({ [name]: value })}>
                {Object.entries(values).map(([value, text]) => (
                  <option key={value} value={value}>
                    {text}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        ))}
        <Field label={words.callToAction}>
          {(control) => (
            <input {...control} className="input" maxLength={200} value={config.callToAction ?? ""} onChange={(event) => change({ callToAction: event.target.value || null })} />
          )}
        </Field>
      </div>
      <div className="share-flags">
        {FLAGS.map(([name, label]) => (
          <Check key={name} label={label} checked={config[name] ?? name !== "showCaptions"} onChange={(shown) => change({ [name]: shown })} />
        ))}
      </div>
      <div className="share-actions">
        <Button look="primary" type="submit" busy={state === "saving"} disabled={state === "saving"} data-testid="widget-save">
          {state === "saved" ? words.saved : words.save}
        </Button>
        <a className="button button-ghost" href={`/demo?persona=${encodeURIComponent(persona.id)}`} target="_blank" rel="noreferrer">
          {words.demo}
        </a>
      </div>
      <Snippet title={words.code} text={widgetCode(persona.id)} />
    </form>
  );
}
