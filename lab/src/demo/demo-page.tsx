import { useCallback, useEffect, useMemo, useState } from "react";

import { Api } from "../api";
import type { LinkType } from "../api/share-links";
import { loadKey } from "../key";
import { strings } from "../strings";
import { demo as words } from "../strings/demo";
import { Button } from "../ui/button";
import { Segmented } from "../ui/choice";
import { Icon } from "../ui/icon";
import { Notice } from "../ui/notice";
import { Select } from "../ui/select";
import { useLoad } from "../ui/use-load";
import { frameCode } from "../views/share/share-frame";
import { widgetCode } from "../views/share/share-widget";
import { Snippet } from "../ui/snippet";
import { Shop } from "./shop";

declare module "react" {
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace JSX {
    interface IntrinsicElements {
      "visavis-widget": { key?: Key; "persona-id": string; layout: "floating" | "inline"; class?: string };
    }
  }
}

type Kind = keyof typeof words.kinds;
const FRAMES: Partial<Record<Kind, LinkType>> = { player: "PLAYER_EMBED", orb: "ORB_EMBED" };
const FRAME_HOURS = 1;

/** With the Lab's key one chooses; without it the address names the persona. */
export function DemoPage({ asked }: { asked: string | null }) {
  const [api] = useState(() => {
    const key = loadKey();
    return key ? new Api(key.value) : null;
  });
  const load = useCallback(async () => (api ? (await api.personas.list("", 1)).data.filter((row) => !row.isDefaultPersona) : []), [api]);
  const [loaded] = useLoad(load);
  const own = useMemo(() => (loaded.state === "done" ? loaded.value : []), [loaded]);
  const [chosen, setChosen] = useState(asked);
  const personaId = chosen ?? own[0]?.id ?? null;
  const [kind, setKind] = useState<Kind>("floating");
  const kinds = (Object.entries(words.kinds) as [Kind, string][])
    .filter(([name]) => api !== null || !(name in FRAMES))
    .map(([value, label]) => ({ value, label, testId: `demo-${value}` }));
  return (
    <main className="demo">
      <div className="demo-bar">
        <a className="button button-ghost" href="/">
          <Icon name="arrowLeft" size={18} />
          <span>{words.toLab}</span>
        </a>
        {own.length > 0 && (
          <label className="demo-pick">
            <span className="visually-hidden">{words.pick}</span>
            <Select value={personaId ?? ""} onChange={setChosen} testId="demo-persona">
              {own.map((row) => (
                <option key={row.id} value={row.id}>
                  {row.name || strings.unnamed}
                </option>
              ))}
            </Select>
          </label>
        )}
        <Segmented label={words.show} options={kinds} value={kind} onChange={setKind} />
        <p className="demo-lead">{words.lead}</p>
      </div>
      {personaId === null && loaded.state === "done" && <Notice tone="info">{api ? words.none : words.noKey}</Notice>}
      {personaId !== null && <Embedded key={`${personaId} ${kind}`} api={api} personaId={personaId} kind={kind} />}
    </main>
  );
}

function Embedded({ api, personaId, kind }: { api: Api | null; personaId: string; kind: Kind }) {
  const [refused, setRefused] = useState(false);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const listen = (event: Event) => event instanceof CustomEvent && event.detail?.code === "HTTP_403" && setRefused(true);
    addEventListener("anam-agent:error", listen);
    return () => removeEventListener("anam-agent:error", listen);
  }, []);
  const type = FRAMES[kind];
  const load = useCallback(
    async () => (api && type ? api.shareLinks.create({ personaId, type, expiresInHours: FRAME_HOURS }) : null),
    [api, type, personaId],
  );
  const [link] = useLoad(load);
  async function allow() {
    const { widgetConfig } = await api!.personas.get(personaId);
    const allowedOrigins = [...(widgetConfig.allowedOrigins ?? []), location.origin];
    await api!.personas.update(personaId, { widgetConfig: { allowedOrigins } });
    setRefused(false);
    setTurn((now) => now + 1);
  }
  const made = link.state === "done" ? link.value : null;
  let shown = null;
  if (type && made) shown = <iframe className={`demo-frame demo-${kind}`} src={made.url} allow="microphone; autoplay" title={words.kinds[kind]} />;
  else if (!type) shown = <visavis-widget key={turn} persona-id={personaId} layout={kind === "inline" ? "inline" : "floating"} class={`demo-${kind}`} />;
  return (
    <>
      {refused && (
        <Notice tone="warn" testId="demo-refused" action={api && <Button onClick={() => void allow()} data-testid="demo-allow">{words.allow}</Button>}>
          {words.refused}
        </Notice>
      )}
      <Shop>{shown}</Shop>
      <div className="demo-code">
        <Snippet title={words.code} text={made ? frameCode(made) : widgetCode(personaId)} />
      </div>
    </>
  );
}
