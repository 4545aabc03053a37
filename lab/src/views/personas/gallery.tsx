import { useState } from "react";

import type { Api, PersonaSummary } from "../../api";
import { ownName } from "../../format";
import { personaHref } from "../../route";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Living } from "../../ui/living";
import { deleteItem, Menu, type MenuItem } from "../../ui/menu";
import { Badge, PageHead, SearchBox } from "../../ui/page";
import { Empty, Problem } from "../../ui/states";
import { useToasts } from "../../ui/toast";
import { useRemoval } from "../../ui/use-removal";
import { curlOf, sdkCodeOf } from "./persona-code";
import { usePersonas, type PersonaList } from "./use-personas";

const words = strings.personas;

interface GalleryProps {
  api: Api;
  onCreate: () => void;
  onEdit: (id: string) => void;
}

export function Gallery({ api, onCreate, onEdit }: GalleryProps) {
  const [search, setSearch] = useState("");
  const list = usePersonas(api, search.trim());
  return (
    <div className="page">
      <PageHead title={words.title} lead={words.lead}>
        <Button look="primary" icon="plus" onClick={onCreate} data-testid="persona-create">
          {words.create}
        </Button>
      </PageHead>
      <div className="toolbar">
        <SearchBox label={words.search} value={search} onChange={setSearch} testId="persona-search" />
      </div>
      <Cards api={api} list={list} search={search.trim()} onCreate={onCreate} onEdit={onEdit} />
    </div>
  );
}

interface CardsProps {
  api: Api;
  list: PersonaList;
  search: string;
  onCreate: () => void;
  onEdit: (id: string) => void;
}

function Cards({ api, list, search, onCreate, onEdit }: CardsProps) {
  const removal = useRemoval();
  const rows = list.rows.filter((row) => !removal.isGone(row.id));
  if (list.state === "failed") {
    return (
      <Problem title={words.failed} text={list.problem}>
        <Button onClick={list.retry}>{strings.retry}</Button>
      </Problem>
    );
  }
  if (rows.length === 0 && list.state === "loading") return <Skeleton />;
  if (rows.length === 0 && search !== "") return <p className="gallery-none">{words.nothingFound(search)}</p>;
  const remove = (persona: PersonaSummary) =>
    removal.remove(persona.id, strings.deleted(nameOf(persona)), () => api.personas.delete(persona.id));
  return (
    <>
      {!rows.some((row) => !row.isDefaultPersona) && search === "" && <Welcome onCreate={onCreate} none={rows.length === 0} />}
      <ul className="cards" aria-busy={list.state === "loading"} data-testid="persona-list">
        {rows.map((persona) => (
          <Card key={persona.id} api={api} persona={persona} onEdit={onEdit} onChanged={list.retry} onRemove={() => remove(persona)} />
        ))}
      </ul>
      {list.hasMore && (
        <Button className="gallery-more" busy={list.state === "loading"} onClick={list.showMore}>
          {words.more}
        </Button>
      )}
    </>
  );
}

/** The badge says whose it is. */
function nameOf(persona: PersonaSummary): string {
  return ownName(persona.name || strings.unnamed);
}

interface CardProps {
  api: Api;
  persona: PersonaSummary;
  onEdit: (id: string) => void;
  onChanged: () => void;
  onRemove: () => void;
}

function Card({ api, persona, onEdit, onChanged, onRemove }: CardProps) {
  const detail = persona.description || persona.avatar?.displayName;
  return (
    <li className="tile persona" data-testid="persona-card" data-persona-id={persona.id}>
      <a className="tile-link" href={personaHref(persona.id)} data-testid="persona-row" data-persona-id={persona.id}>
        <Living still={persona.avatar?.imageUrl} loop={persona.avatar?.idleVideoUrl} className="tile-picture" />
        <span className="tile-name">{nameOf(persona)}</span>
        {detail && <span className="persona-detail">{detail}</span>}
      </a>
      <div className="tile-foot">
        {persona.isDefaultPersona ? <Badge>{strings.builtIn}</Badge> : persona.voice && <Badge>{ownName(persona.voice.displayName)}</Badge>}
        <Menu label={strings.actions(nameOf(persona))} items={useActions({ api, persona, onEdit, onChanged, onRemove })} testId="persona-menu" />
      </div>
    </li>
  );
}

function useActions({ api, persona, onEdit, onChanged, onRemove }: CardProps): MenuItem[] {
  const toasts = useToasts();
  const attempt = (work: () => Promise<void>) => () => void work().catch((error: Error) => toasts.complain(error.message));
  async function copy(text: string, said: string) {
    await navigator.clipboard.writeText(text);
    toasts.say(said);
  }
  return [
    {
      label: persona.isDefaultPersona ? words.look : strings.edit,
      icon: "pencil",
      testId: "persona-edit",
      run: () => onEdit(persona.id),
    },
    {
      label: words.duplicate,
      icon: "copy",
      testId: "persona-duplicate",
      run: attempt(async () => {
        const made = await api.personas.duplicate(persona.id, words.copyName);
        toasts.say(words.duplicated(made.name || strings.unnamed));
        onChanged();
      }),
    },
    {
      label: words.copyCurl,
      icon: "code",
      testId: "persona-curl",
      run: attempt(async () => copy(curlOf(await api.personas.get(persona.id)), words.curlCopied)),
    },
    {
      label: words.copyCode,
      icon: "code",
      testId: "persona-sdk",
      run: attempt(() => copy(sdkCodeOf(persona.id), words.codeCopied)),
    },
    ...(persona.isDefaultPersona ? [] : [deleteItem("persona-delete", onRemove)]),
  ];
}

/** Until somebody has made a persona, how that is done. */
function Welcome({ onCreate, none }: { onCreate: () => void; none: boolean }) {
  if (none) {
    return (
      <Empty
        icon="persona"
        title={words.emptyTitle}
        testId="persona-empty"
        action={
          <Button look="primary" icon="plus" onClick={onCreate}>
            {words.create}
          </Button>
        }
      >
        {words.emptyText}
      </Empty>
    );
  }
  return (
    <ol className="steps">
      {strings.welcome.steps.map(([title, text], index) => (
        <li key={title}>
          <span className="steps-number">{index + 1}</span>
          <div>
            <h2>{title}</h2>
            <p>{text}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}

function Skeleton() {
  return (
    <ul className="cards" aria-label={strings.loading}>
      {[0, 1, 2, 3, 4, 5].map((index) => (
        <li key={index} className="tile persona persona-skeleton">
          <span className="tile-picture" />
          <span className="tile-name" />
        </li>
      ))}
    </ul>
  );
}
