import { useState } from "react";

import type { Api, PersonaSummary } from "../../api";
import { maskKey } from "../../key";
import { personaHref } from "../../route";
import { strings } from "../../strings";
import { Button, IconButton } from "../../ui/button";
import { Icon, Mark } from "../../ui/icon";
import { Picture } from "../../ui/picture";
import { usePersonas, type PersonaList } from "./use-personas";
import "./personas.css";

const words = strings.personas;

interface PersonaRailProps {
  api: Api;
  apiKey: string;
  selectedId: string | null;
  revision: number;
  onCreate: () => void;
  onSignOut: () => void;
}

export function PersonaRail({ api, apiKey, selectedId, revision, onCreate, onSignOut }: PersonaRailProps) {
  const [search, setSearch] = useState("");
  const list = usePersonas(api, search.trim(), revision);
  return (
    <aside className="rail" aria-label={words.title}>
      <header className="rail-head">
        <p className="brand">
          <Mark size={26} />
          <span>{strings.product}</span>
          <span className="brand-lab">{strings.lab}</span>
        </p>
        <IconButton icon="plus" look="plain" label={words.create} onClick={onCreate} data-testid="persona-create" />
      </header>
      <label className="rail-search">
        <span className="visually-hidden">{words.search}</span>
        <Icon name="search" size={18} />
        <input
          className="input"
          type="search"
          placeholder={words.search}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          data-testid="persona-search"
        />
      </label>
      <nav className="rail-list" aria-label={words.title} aria-busy={list.state === "loading"}>
        <Rows list={list} search={search.trim()} selectedId={selectedId} onCreate={onCreate} />
      </nav>
      <footer className="rail-foot">
        <Icon name="key" size={18} />
        <span className="rail-key">
          <span className="visually-hidden">{strings.key.inUse} </span>
          {maskKey(apiKey)}
        </span>
        <IconButton icon="signOut" label={strings.key.signOut} onClick={onSignOut} data-testid="sign-out" />
      </footer>
    </aside>
  );
}

interface RowsProps {
  list: PersonaList;
  search: string;
  selectedId: string | null;
  onCreate: () => void;
}

function Rows({ list, search, selectedId, onCreate }: RowsProps) {
  if (list.state === "failed") {
    return (
      <div className="rail-note" role="alert">
        <p>{words.failed}</p>
        <Button onClick={list.retry}>{strings.retry}</Button>
      </div>
    );
  }
  if (list.rows.length === 0) {
    if (list.state === "loading") return <Skeleton />;
    if (search !== "") return <p className="rail-note">{words.nothingFound(search)}</p>;
    return (
      <div className="rail-note" data-testid="persona-empty">
        <h2>{words.emptyTitle}</h2>
        <p>{words.emptyText}</p>
        <Button look="primary" icon="plus" onClick={onCreate}>
          {words.create}
        </Button>
      </div>
    );
  }
  return (
    <>
      <ul>
        {list.rows.map((persona) => (
          <Row key={persona.id} persona={persona} selected={persona.id === selectedId} />
        ))}
      </ul>
      {list.hasMore && (
        <Button look="ghost" className="rail-more" busy={list.state === "loading"} onClick={list.showMore}>
          {words.more}
        </Button>
      )}
    </>
  );
}

function Row({ persona, selected }: { persona: PersonaSummary; selected: boolean }) {
  const detail = persona.description || persona.avatar?.displayName;
  return (
    <li>
      <a
        className="row"
        href={personaHref(persona.id)}
        aria-current={selected ? "page" : undefined}
        data-testid="persona-row"
        data-persona-id={persona.id}
      >
        <Picture src={persona.avatar?.imageUrl} alt="" className="row-picture" />
        <span className="row-text">
          <span className="row-name">{persona.name || strings.unnamed}</span>
          {detail && <span className="row-detail">{detail}</span>}
        </span>
      </a>
    </li>
  );
}

function Skeleton() {
  return (
    <ul aria-label={strings.loading}>
      {[0, 1, 2].map((index) => (
        <li key={index} className="row row-skeleton">
          <span className="row-picture" />
          <span className="row-text" />
        </li>
      ))}
    </ul>
  );
}
