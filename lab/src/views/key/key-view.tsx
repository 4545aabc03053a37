import { useState, type FormEvent } from "react";

import { Api, ApiError } from "../../api";
import type { StoredKey } from "../../key";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { CopyButton } from "../../ui/copy";
import { Check, Field } from "../../ui/field";
import { Mark } from "../../ui/icon";
import { Notice } from "../../ui/notice";
import "./key.css";

const words = strings.key;

interface KeyViewProps {
  problem: string | null;
  onEnter: (key: StoredKey) => void;
}

function explain(error: unknown): string {
  const status = error instanceof ApiError ? error.status : 0;
  if (status === 401) return words.refused;
  if (status === 403) return words.forbidden;
  if (status === 0) return words.unreachable;
  return error instanceof Error ? error.message : words.unreachable;
}

export function KeyView({ problem, onEnter }: KeyViewProps) {
  const [value, setValue] = useState("");
  const [remembered, setRemembered] = useState(false);
  const [checking, setChecking] = useState(false);
  const [complaint, setComplaint] = useState(problem);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const key = { value: value.trim(), remembered };
    setChecking(true);
    setComplaint(null);
    try {
      await new Api(key.value).personas.list("", 1);
      onEnter(key);
    } catch (error) {
      setComplaint(explain(error));
      setChecking(false);
    }
  }

  return (
    <main className="door">
      <form className="door-card" onSubmit={(event) => void submit(event)}>
        <p className="brand">
          <Mark />
          <span>{strings.product}</span>
          <span className="brand-lab">{strings.lab}</span>
        </p>
        <h1>{words.title}</h1>
        <p className="door-lead">{words.lead}</p>
        {complaint && (
          <Notice tone="danger" testId="key-problem">
            {complaint}
          </Notice>
        )}
        <Field label={words.label}>
          {(control) => (
            <input
              {...control}
              className="input door-key"
              type="password"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              autoFocus
              placeholder={words.placeholder}
              value={value}
              onChange={(event) => setValue(event.target.value)}
              data-testid="key-input"
            />
          )}
        </Field>
        <Check
          label={words.remember}
          hint={words.rememberHint}
          checked={remembered}
          onChange={setRemembered}
          testId="key-remember"
        />
        <Button look="primary" type="submit" busy={checking} disabled={checking || value.trim() === ""} data-testid="key-submit">
          {checking ? words.checking : words.submit}
        </Button>
      </form>
      <section className="door-help" aria-labelledby="door-help">
        <h2 id="door-help">{words.whereTitle}</h2>
        <p>{words.whereStart}</p>
        <p>{words.whereMake}</p>
        <div className="command">
          <code tabIndex={0}>{words.command}</code>
          <CopyButton text={words.command} />
        </div>
      </section>
    </main>
  );
}
