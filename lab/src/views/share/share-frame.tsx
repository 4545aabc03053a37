import { useState, type FormEvent } from "react";

import type { LinkType, ShareLink } from "../../api/share-links";
import { share } from "../../strings/share";
import { Button } from "../../ui/button";
import { Segmented } from "../../ui/choice";
import { Check, Field } from "../../ui/field";
import { Notice } from "../../ui/notice";
import type { WayProps } from "./share-dialog";
import { Snippet } from "../../ui/snippet";

const words = share.frame;
type Kind = keyof typeof words.kinds;
const KINDS = (Object.entries(words.kinds) as [Kind, string][]).map(([value, label]) => ({ value, label }));

/** What a page writes to hold the persona; the microphone has to be let through. */
export function frameCode(link: { url: string; type: LinkType }): string {
  const size = link.type === "ORB_EMBED" ? 'width="320" height="320"' : 'width="720" height="480"';
  return `<iframe src="${link.url}" ${size} style="border: 0" allow="microphone; autoplay" title="AI persona"></iframe>`;
}

export function lines(text: string): string[] {
  return text.split(/[\s,]+/).filter((line) => line !== "");
}

/** A frame that lasts: its link never ends and is never used up. */
export function ShareFrame({ api, persona }: WayProps) {
  const [kind, setKind] = useState<Kind>("PLAYER_EMBED");
  const [origins, setOrigins] = useState("");
  const [everywhere, setEverywhere] = useState(false);
  const [made, setMade] = useState<ShareLink | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function create(event: FormEvent) {
    event.preventDefault();
    setProblem(null);
    try {
      const limits = { expiresInHours: null, usageLimit: null };
      const where = { allowedOrigins: lines(origins), allowAllOrigins: everywhere };
      setMade(await api.shareLinks.create({ personaId: persona.id, type: kind, ...limits, ...where }));
    } catch (error) {
      setProblem(`${share.failed} ${error instanceof Error ? error.message : ""}`);
    }
  }
  return (
    <form className="share" onSubmit={(event) => void create(event)}>
      <p className="share-lead">{words.lead}</p>
      {problem && <Notice tone="danger">{problem}</Notice>}
      <div>
        <Segmented label={words.kind} options={KINDS} value={kind} onChange={setKind} />
      </div>
      <Check label={words.everywhere} checked={everywhere} onChange={setEverywhere} />
      {!everywhere && (
        <Field label={words.origins} hint={words.originsHint}>
          {(control) => (
            <textarea {...control} className="input" rows={2} value={origins} placeholder="https://example.com" onChange={(event) => setOrigins(event.target.value)} />
          )}
        </Field>
      )}
      <Button look="primary" type="submit" className="share-go" data-testid="frame-create">
        {words.create}
      </Button>
      {made && <Snippet title={words.code} text={frameCode(made)} />}
    </form>
  );
}
