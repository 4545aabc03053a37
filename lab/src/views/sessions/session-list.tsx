import { useCallback, useEffect, useState } from "react";

import type { Api } from "../../api";
import type { Page } from "../../api/http";
import type { Session, SessionFilters } from "../../api/sessions";
import { ago, duration, latency, moment, percent } from "../../format";
import { HOME_HREF, href, replace } from "../../route";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Segmented } from "../../ui/choice";
import { Badge, Facts, PageHead, Pager, SearchBox } from "../../ui/page";
import { Select } from "../../ui/select";
import { Empty, Shown } from "../../ui/states";
import { useLoad } from "../../ui/use-load";
import { useRemoval } from "../../ui/use-removal";

const words = strings.sessions;

/** While somebody talks, the list is looked at again that often. */
const LOOK_EVERY_MS = 5_000;
const TYPING_PAUSE_MS = 250;

function filtersOf(query: URLSearchParams): SessionFilters & { page: number } {
  const active = query.get("active");
  return {
    search: query.get("search") ?? "",
    personaId: query.get("personaId") ?? "",
    active: active === "true" || active === "false" ? active : "",
    page: Math.max(1, Number(query.get("page")) || 1),
  };
}

/** The filters live in the address, so that Back finds the list as it was left. */
export function SessionList({ api, query }: { api: Api; query: URLSearchParams }) {
  const asked = query.toString();
  const load = useCallback(
    (signal: AbortSignal) => {
      const { page, ...filters } = filtersOf(new URLSearchParams(asked));
      return api.sessions.list(filters, page, signal);
    },
    [api, asked],
  );
  const [found, reload] = useLoad(load);
  const someLive = found.state === "done" && found.value.data.some((row) => row.status === "active");
  useEffect(() => {
    if (!someLive) return;
    const timer = setInterval(reload, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [someLive, reload]);

  const filters = filtersOf(query);
  const narrow = (change: Partial<SessionFilters>) => replace(href("sessions", [], { ...filters, page: null, ...change }));
  const filtered = filters.search !== "" || filters.personaId !== "" || filters.active !== "";
  return (
    <div className="page">
      <PageHead title={words.title} lead={words.lead} />
      <Lately api={api} />
      <FilterBar api={api} filters={filters} onChange={narrow} />
      <Shown loaded={found} onRetry={reload}>
        {(page) =>
          page.data.length > 0 ? (
            <>
              <Rows page={page} />
              <Pager
                page={page.meta.currentPage}
                lastPage={page.meta.lastPage}
                onGo={(next) => replace(href("sessions", [], { ...filters, page: next }))}
              />
            </>
          ) : filtered ? (
            <Empty
              icon="search"
              title={words.noneTitle}
              action={<Button onClick={() => replace(href("sessions"))}>{words.clear}</Button>}
            >
              {words.noneText}
            </Empty>
          ) : (
            <Empty
              icon="clock"
              title={words.emptyTitle}
              action={
                <a className="button button-primary" href={HOME_HREF}>
                  {words.emptyAction}
                </a>
              }
            >
              {words.emptyText}
            </Empty>
          )
        }
      </Shown>
    </div>
  );
}

function Lately({ api }: { api: Api }) {
  const load = useCallback(
    async (signal: AbortSignal) => ({ day: await api.sessions.lately(signal), now: await api.sessions.concurrency(signal) }),
    [api],
  );
  const [found] = useLoad(load);
  if (found.state !== "done" || found.value.day.sessionCount === 0) return null;
  const { day, now } = found.value;
  const reply = day.latencies.firstAudioLatencySeconds;
  return (
    <section className="lately" aria-label={words.lately}>
      <h2>{words.lately}</h2>
      <Facts
        facts={[
          { name: words.count, value: String(day.sessionCount), note: words.running(now.active, now.limit) },
          { name: words.turns, value: String(day.turnCount) },
          {
            name: words.reply,
            value: reply.p50 === null ? words.none : latency(reply.p50 * 1000),
            note: reply.p95 === null ? undefined : words.slow(latency(reply.p95 * 1000)),
          },
          { name: words.interrupted, value: percent(day.rates.interruptionRate) },
          { name: words.failed, value: percent(day.rates.errorSessionRate) },
        ]}
      />
    </section>
  );
}

interface FilterBarProps {
  api: Api;
  filters: SessionFilters;
  onChange: (change: Partial<SessionFilters>) => void;
}

function FilterBar({ api, filters, onChange }: FilterBarProps) {
  const [typed, setTyped] = useState(filters.search);
  const [personas] = useLoad(useCallback((signal: AbortSignal) => api.personas.list("", 1, signal), [api]));
  useEffect(() => setTyped(filters.search), [filters.search]);
  useEffect(() => {
    if (typed === filters.search) return;
    const timer = setTimeout(() => onChange({ search: typed }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, filters.search, onChange]);
  const known = personas.state === "done" ? personas.value.data : [];
  return (
    <div className="toolbar">
      <SearchBox label={words.search} value={typed} onChange={setTyped} testId="session-search" />
      <Select label={words.persona} value={filters.personaId} onChange={(personaId) => onChange({ personaId })} testId="session-persona">
        <option value="">{words.everyPersona}</option>
        {known.map((persona) => (
          <option key={persona.id} value={persona.id}>
            {persona.name || strings.unnamed}
          </option>
        ))}
      </Select>
      <Segmented
        label={words.state}
        value={filters.active === "" ? "all" : filters.active === "true" ? "live" : "over"}
        onChange={(state) => onChange({ active: state === "all" ? "" : state === "live" ? "true" : "false" })}
        options={[
          { value: "all", label: words.states.all },
          { value: "live", label: words.states.live, testId: "session-live" },
          { value: "over", label: words.states.over },
        ]}
      />
    </div>
  );
}

function Rows({ page }: { page: Page<Session> }) {
  const removal = useRemoval();
  return (
    <ul className="rows session-rows" data-testid="session-list">
      {page.data.filter((session) => !removal.isGone(session.id)).map((session) => (
        <li key={session.id} data-testid="session-row" data-session-id={session.id}>
          <div className="rows-text">
            <p className="rows-name">
              <a href={href("sessions", [session.id])}>{session.personaConfig.name || strings.unnamed}</a>
              {session.status === "active" && (
                <Badge tone="good" dot>
                  {words.live}
                </Badge>
              )}
            </p>
            <p className="rows-detail">{[session.exitStatus && (words.ends[session.exitStatus] ?? session.exitStatus), session.clientLabel].filter(Boolean).join(" · ")}</p>
          </div>
          <p className="session-length">{session.sessionLengthMs === null ? "" : duration(session.sessionLengthMs)}</p>
          <p className="session-when">
            <time dateTime={session.startTime} title={moment(session.startTime)}>
              {ago(session.startTime)}
            </time>
          </p>
        </li>
      ))}
    </ul>
  );
}
