import { useCallback, useState } from "react";

import { ApiError, type Api, type Llm, type Persona, type Voice } from "../../api";
import { ownName } from "../../format";
import { editHref, go, HOME_HREF } from "../../route";
import { strings } from "../../strings";
import { share } from "../../strings/share";
import { Button, Spinner } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { Notice } from "../../ui/notice";
import { useLoad } from "../../ui/use-load";
import { ShareDialog } from "../share/share-dialog";
import { Composer } from "./composer";
import { Controls } from "./controls";
import { isRunning } from "../../conversation/conversation";
import { useFrameFigures } from "../../conversation/frame-meter";
import { Panel } from "./panel";
import { ServedByChips } from "./served-by-chips";
import { Stage } from "./stage";
import { microphonePossible } from "../../conversation/microphone";
import { useConversation } from "../../conversation/use-conversation";
import { useShortcuts } from "./use-shortcuts";
import "./talk.css";

const words = strings.talk;

interface TalkViewProps {
  api: Api;
  personaId: string;
}

interface Loadable {
  persona: Persona;
  builtIn: boolean;
  voices: readonly Voice[];
  llms: readonly Llm[];
}

export function TalkView({ api, personaId }: TalkViewProps) {
  const load = useCallback(
    async (signal: AbortSignal): Promise<Loadable> => {
      const [persona, voices, llms] = await Promise.all([
        api.personas.get(personaId, signal),
        // Without the catalogs one can still talk; only the chips are missing then.
        api.voices.all().catch(() => []),
        api.llms.all().catch(() => []),
      ]);
      const builtIn = await api.personas.isBuiltIn(persona).catch(() => false);
      return { persona, builtIn, voices, llms };
    },
    [api, personaId],
  );
  const [loaded, reload] = useLoad(load);
  if (loaded.state === "loading") return <Waiting />;
  if (loaded.state === "failed") return <Failed error={loaded.error} onRetry={reload} />;
  return <Room api={api} {...loaded.value} />;
}

function Waiting() {
  return (
    <div className="talk-wait" role="status" aria-label={strings.loading}>
      <Spinner />
    </div>
  );
}

function Failed({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const missing = error instanceof ApiError && error.status === 404;
  return (
    <div className="talk-wait">
      <div className="talk-failed" role="alert">
        <h1>{missing ? words.notFoundTitle : words.loadFailed}</h1>
        <p>{missing ? words.notFoundText : error.message}</p>
        {missing ? <a href={HOME_HREF}>{strings.personas.back}</a> : <Button onClick={onRetry}>{strings.retry}</Button>}
      </div>
    </div>
  );
}

/** A phone that is held upright gets an upright picture, from the faces that have one. */
const UPRIGHT_PHONE = "(max-width: 860px) and (orientation: portrait)";
const PORTRAIT = { videoWidth: 768, videoHeight: 1152 };

function hasPortrait({ avatarModel }: Persona): boolean {
  return avatarModel?.startsWith("cara-4") ?? false;
}

function Room({ api, persona, builtIn, voices, llms }: Loadable & { api: Api }) {
  const [upright, setUpright] = useState(false);
  const { conversation, talk, screen, video } = useConversation({
    baseUrl: location.origin,
    token: () => {
      const upright = hasPortrait(persona) && matchMedia(UPRIGHT_PHONE).matches;
      setUpright(upright);
      return api.sessions.token({ personaId: persona.id }, upright ? PORTRAIT : {});
    },
  });
  const [useMicrophone, setUseMicrophone] = useState(true);
  const [captions, setCaptions] = useState(true);
  const [sharing, setSharing] = useState(false);
  const figures = useFrameFigures(video, talk.hasPicture);
  const name = persona.name || strings.unnamed;
  const called = ownName(name);
  useShortcuts(conversation, talk.phase === "live");
  return (
    <div className="talk" data-testid="talk" data-phase={talk.phase}>
      <header className="talk-head">
        <a className="talk-back" href={HOME_HREF} aria-label={strings.personas.back}>
          <Icon name="arrowLeft" />
        </a>
        <div className="talk-title">
          <h1>{name}</h1>
          <ServedByChips persona={persona} voices={voices} llms={llms} />
        </div>
        <Button icon="share" aria-label={share.open} onClick={() => setSharing(true)} data-testid="persona-share">
          {share.open}
        </Button>
        <Button icon="pencil" aria-label={words.edit} onClick={() => go(editHref(persona.id))} data-testid="persona-edit">
          {words.edit}
        </Button>
      </header>
      <section className="talk-stage">
        <div className={upright && isRunning(talk) ? "stage-room stage-upright" : "stage-room"}>
          <Stage
            screen={screen}
            persona={persona}
            conversation={conversation}
            talk={talk}
            showCaptions={captions}
            stalled={figures?.stalled ?? false}
            onStart={() => void conversation.start(useMicrophone && microphonePossible())}
          />
        </div>
        {talk.micProblem && talk.phase !== "ended" && <Notice tone="warn" testId="mic-problem">{talk.micProblem}</Notice>}
        {talk.warnings.map((warning) => (
          <Notice key={warning} tone="warn" testId="warning" onDismiss={() => conversation.dismiss(warning)}>
            {warning}
          </Notice>
        ))}
        <Controls
          conversation={conversation}
          talk={talk}
          video={video}
          captions={captions}
          onCaptions={setCaptions}
          useMicrophone={useMicrophone}
          onUseMicrophone={setUseMicrophone}
          micPossible={microphonePossible()}
        />
        <Composer conversation={conversation} name={called} live={talk.phase === "live"} />
      </section>
      <Panel talk={talk} figures={figures} name={called} personaId={persona.id} />
      {sharing && <ShareDialog api={api} persona={persona} builtIn={builtIn} onClose={() => setSharing(false)} />}
    </div>
  );
}
