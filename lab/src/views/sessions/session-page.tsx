import { useCallback, useEffect, useState } from "react";

import type { Api } from "../../api";
import type { SessionAnalytics, SessionDetail, Transcript } from "../../api/sessions";
import { save } from "../../download";
import { duration, latency, moment, seconds } from "../../format";
import { go, href } from "../../route";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Menu } from "../../ui/menu";
import { Badge, Facts, PageHead, PageSection } from "../../ui/page";
import { Shown } from "../../ui/states";
import { useToasts } from "../../ui/toast";
import { useLoad } from "../../ui/use-load";
import { useRemoval } from "../../ui/use-removal";
import { Calls } from "./calls";
import { Film } from "./film";
import { LineNumbers } from "./line-numbers";
import { Lines } from "./lines";
import { Waterfall } from "./waterfall";

const words = strings.sessions;
const LOOK_EVERY_MS = 3_000;

interface Whole {
  session: SessionDetail;
  transcript: Transcript | Error;
  analytics: SessionAnalytics | Error;
}

/** An answer, or why there is none: each part of the page says that for itself. */
function orWhy<T>(answer: Promise<T>): Promise<T | Error> {
  return answer.catch((error: Error) => error);
}

export function SessionPage({ api, id }: { api: Api; id: string }) {
  const load = useCallback(
    async (signal: AbortSignal): Promise<Whole> => {
      const [session, transcript, analytics] = await Promise.all([
        api.sessions.get(id, signal),
        orWhy(api.sessions.transcript(id, signal)),
        orWhy(api.sessions.analytics(id, signal)),
      ]);
      return { session, transcript, analytics };
    },
    [api, id],
  );
  const [loaded, reload] = useLoad(load);
  const live = loaded.state === "done" && loaded.value.session.status === "active";
  useEffect(() => {
    if (!live) return;
    const timer = setInterval(reload, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [live, reload]);
  return (
    <div className="page">
      <Shown loaded={loaded} onRetry={reload}>
        {(whole) => <Body api={api} whole={whole} onChanged={reload} />}
      </Shown>
    </div>
  );
}

function Body({ api, whole, onChanged }: { api: Api; whole: Whole; onChanged: () => void }) {
  const { session, transcript, analytics } = whole;
  const [atMs, setAtMs] = useState<number | null>(null);
  const [seek, setSeek] = useState<{ toMs: number } | null>(null);
  const figures = analytics instanceof Error ? null : analytics;
  return (
    <>
      <Head api={api} whole={whole} onChanged={onChanged} />
      <div className="session-top">
        <Film api={api} session={session} transcript={transcript} seek={seek} onTime={setAtMs} />
        <Lines transcript={transcript} atMs={atMs} onSeek={(toMs) => setSeek({ toMs })} />
      </div>
      {figures && <Numbers session={session} figures={figures} />}
      <PageSection title={words.waterfall} lead={words.waterfallLead}>
        {figures ? <Waterfall turns={figures.turns} /> : <p className="muted">{(analytics as Error).message}</p>}
      </PageSection>
      {figures?.network && <LineNumbers network={figures.network} />}
      {session.toolCalls.length > 0 && <Calls calls={session.toolCalls} />}
      <MadeWith session={session} figures={figures} />
    </>
  );
}

function Head({ api, whole, onChanged }: { api: Api; whole: Whole; onChanged: () => void }) {
  const { session } = whole;
  const toasts = useToasts();
  const removal = useRemoval();
  const name = session.personaConfig.name || strings.unnamed;
  const file = `session-${session.id.slice(0, 8)}`;
  function remove() {
    removal.remove(session.id, words.deleted, () => api.sessions.delete(session.id));
    go(href("sessions"));
  }
  async function captions() {
    try {
      save(`${file}.vtt`, "text/vtt", await api.sessions.captions(session.id));
    } catch (error) {
      toasts.complain((error as Error).message);
    }
  }
  function json() {
    const { transcript, analytics } = whole;
    const known = <T,>(part: T | Error) => (part instanceof Error ? null : part);
    save(`${file}.json`, "application/json", JSON.stringify({ session, transcript: known(transcript), analytics: known(analytics) }, null, 2));
  }
  const stop = () =>
    void api.sessions.stop(session.id).then(
      () => {
        toasts.say(words.stopped);
        onChanged();
      },
      (error: Error) => toasts.complain(error.message),
    );
  return (
    <PageHead
      title={name}
      back={{ href: href("sessions"), label: words.title }}
      lead={
        <>
          <time dateTime={session.startTime}>{moment(session.startTime)}</time>{" "}
          {session.status === "active" ? (
            <Badge tone="good" dot>
              {words.live}
            </Badge>
          ) : (
            session.exitStatus && <Badge tone={session.exitStatus === "ERROR" ? "bad" : "plain"}>{words.ends[session.exitStatus] ?? session.exitStatus}</Badge>
          )}
        </>
      }
    >
      {session.status === "active" && (
        <Button look="danger" icon="stop" onClick={stop} data-testid="session-stop">
          {words.stop}
        </Button>
      )}
      <Button icon="download" onClick={json} data-testid="export-json">
        {words.exportJson}
      </Button>
      <Menu
        label={strings.actions(name)}
        items={[
          { label: words.exportVtt, icon: "captions", testId: "export-vtt", run: () => void captions() },
          ...(session.status === "active"
            ? []
            : [{ label: words.delete, icon: "trash" as const, danger: true, testId: "session-delete", run: remove }]),
        ]}
      />
    </PageHead>
  );
}

function Numbers({ session, figures }: { session: SessionDetail; figures: SessionAnalytics }) {
  const { summary, avSkew } = figures;
  return (
    <Facts
      facts={[
        { name: words.facts.length, value: session.sessionLengthMs === null ? words.none : duration(session.sessionLengthMs) },
        { name: words.facts.turns, value: String(summary.totalTurns) },
        {
          name: words.facts.reply,
          value: seconds(summary.averageLatencies.firstAudioLatencySeconds),
          note: words.facts.replyNote,
        },
        {
          name: words.facts.skew,
          value: avSkew ? latency(Math.abs(avSkew.meanMs)) : words.none,
          note: avSkew ? words.facts.skewNote(where(avSkew.meanMs), latency(Math.abs(avSkew.worstMs))) : undefined,
        },
        { name: words.facts.interruptions, value: String(summary.interruptedTurns) },
        { name: words.facts.warnings, value: String(summary.totalWarnings) },
        { name: words.facts.errors, value: String(summary.totalErrors) },
      ]}
    />
  );
}

/** Of the picture, as seen from the sound. */
function where(skewMs: number): string {
  const { ahead, behind, together } = words.facts.where;
  return Math.round(skewMs) === 0 ? together : skewMs < 0 ? ahead : behind;
}

function MadeWith({ session, figures }: { session: SessionDetail; figures: SessionAnalytics | null }) {
  const names = words.configNames;
  const config = figures?.config;
  const rows: [string, string | null | undefined][] = [
    [names.mind, [config?.llmProvider, config?.llmModel].filter(Boolean).join(" · ")],
    [names.voice, [config?.ttsProvider, config?.ttsVoice].filter(Boolean).join(" · ")],
    [names.providers, figures?.providers.map((used) => [used.provider, used.model].filter(Boolean).join(" ")).join(", ")],
    [names.face, config?.avatarKey],
    [names.language, config?.languageCode],
    [names.label, session.clientLabel],
    [names.ended, session.endTime && moment(session.endTime)],
    [names.personaId, session.personaId],
    [names.id, session.id],
  ];
  return (
    <PageSection title={words.config}>
      <dl className="card pairs">
        {rows
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="mono">{value}</dd>
            </div>
          ))}
      </dl>
    </PageSection>
  );
}
