import { useCallback, useState, type FormEvent } from "react";

import type { ShareLink } from "../../api/share-links";
import { share } from "../../strings/share";
import { Button, IconButton } from "../../ui/button";
import { CopyButton } from "../../ui/copy";
import { Field } from "../../ui/field";
import { Notice } from "../../ui/notice";
import { Select } from "../../ui/select";
import { Shown } from "../../ui/states";
import { useLoad } from "../../ui/use-load";
import type { WayProps } from "./share-dialog";

const words = share.link;
const WEEK_H = "168";
const USES = "10";

/** The links of a persona: made, copied, switched off, deleted. */
export function ShareLinks({ api, persona }: WayProps) {
  const [loaded, reload] = useLoad(useCallback((signal: AbortSignal) => api.shareLinks.of(persona.id, signal), [api, persona.id]));
  const [hours, setHours] = useState(WEEK_H);
  const [uses, setUses] = useState(USES);
  const [problem, setProblem] = useState<string | null>(null);

  async function act(work: Promise<unknown>) {
    setProblem(null);
    try {
      await work;
      reload();
    } catch (error) {
      setProblem(`${share.failed} ${error instanceof Error ? error.message : ""}`);
    }
  }
  function create(event: FormEvent) {
    event.preventDefault();
    const fields = {
      personaId: persona.id,
      expiresInHours: hours === "" ? null : Number(hours),
      usageLimit: uses.trim() === "" ? null : Number(uses),
    };
    void act(api.shareLinks.create(fields));
  }
  return (
    <div className="share">
      <p className="share-lead">{words.lead}</p>
      {problem && <Notice tone="danger">{problem}</Notice>}
      <form className="share-form" onSubmit={create}>
        <Field label={words.hours}>
          {(control) => (
            <Select {...control} value={hours} onChange={setHours}>
              {Object.entries(words.lasting)
                .sort(([a], [b]) => Number(a || Infinity) - Number(b || Infinity))
                .map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
            </Select>
          )}
        </Field>
        <Field label={words.uses}>
          {(control) => (
            <input {...control} className="input" type="number" min={1} inputMode="numeric" title={words.usesHint} placeholder={words.usesHint} value={uses} onChange={(event) => setUses(event.target.value)} />
          )}
        </Field>
        <Button look="primary" type="submit" icon="plus" data-testid="share-create">
          {words.create}
        </Button>
      </form>
      <Shown loaded={loaded} onRetry={reload}>
        {(links) => {
          const own = links.filter((link) => link.type === "LINK");
          if (own.length === 0) return <p className="share-none">{words.none}</p>;
          return (
            <ul className="share-list">
              {own.map((link) => (
                <Row
                  key={link.id}
                  link={link}
                  onSwitch={() => void act(api.shareLinks.update(link.id, { enabled: !link.enabled }))}
                  onDelete={() => void act(api.shareLinks.delete(link.id))}
                />
              ))}
            </ul>
          );
        }}
      </Shown>
    </div>
  );
}

function stateOf(link: ShareLink): keyof typeof words.state {
  if (!link.enabled) return "disabled";
  if (link.expiresAt !== null && Date.parse(link.expiresAt) <= Date.now()) return "expired";
  return link.usageLimit !== null && link.usageCount >= link.usageLimit ? "used_up" : "open";
}

function Row({ link, onSwitch, onDelete }: { link: ShareLink; onSwitch: () => void; onDelete: () => void }) {
  const state = stateOf(link);
  const until = link.expiresAt === null ? words.forEver : words.until(new Date(link.expiresAt).toLocaleDateString(undefined, { dateStyle: "medium" }));
  return (
    <li className="share-row" data-testid="share-row" data-state={state}>
      <div className="share-row-text">
        <a href={link.url} target="_blank" rel="noreferrer" data-testid="share-url">
          {link.url}
        </a>
        <p>
          <span className={`share-state share-state-${state}`}>{words.state[state]}</span>
          {words.used(link.usageCount, link.usageLimit)} · {until}
        </p>
      </div>
      <CopyButton text={link.url} />
      <Button look="ghost" onClick={onSwitch}>
        {link.enabled ? words.switchOff : words.switchOn}
      </Button>
      <IconButton icon="trash" label={words.delete} onClick={onDelete} />
    </li>
  );
}
