import { useCallback, useState } from "react";

import type { Api, Avatar } from "../../api";
import { go, href } from "../../route";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Segmented } from "../../ui/choice";
import { Living } from "../../ui/living";
import { deleteItem, Menu } from "../../ui/menu";
import { Badge, PageHead, SearchBox } from "../../ui/page";
import { Empty, Shown } from "../../ui/states";
import { useToasts } from "../../ui/toast";
import { useLoad } from "../../ui/use-load";
import { useRemoval } from "../../ui/use-removal";
import { NewAvatarDialog } from "./new-avatar";

const words = strings.avatars;

type Whose = keyof typeof words.filters;

export function AvatarGallery({ api }: { api: Api }) {
  const [loaded, reload] = useLoad(useCallback(() => api.avatars.all(), [api]));
  const [search, setSearch] = useState("");
  const [whose, setWhose] = useState<Whose>("all");
  const [creating, setCreating] = useState(false);
  const toasts = useToasts();
  return (
    <div className="page">
      <PageHead title={words.title} lead={words.lead}>
        <Button look="primary" icon="plus" onClick={() => setCreating(true)} data-testid="avatar-create">
          {words.create}
        </Button>
      </PageHead>
      <div className="toolbar">
        <SearchBox label={words.search} value={search} onChange={setSearch} testId="avatar-search" />
        <Segmented
          label={words.whose}
          value={whose}
          onChange={setWhose}
          options={(["all", "own", "builtIn"] as const).map((value) => ({
            value,
            label: words.filters[value],
            testId: `avatar-${value}`,
          }))}
        />
      </div>
      <Shown loaded={loaded} onRetry={reload}>
        {(avatars) => <Cards api={api} avatars={avatars} search={search} whose={whose} onCreate={() => setCreating(true)} />}
      </Shown>
      {creating && (
        <NewAvatarDialog
          api={api}
          onClose={() => setCreating(false)}
          onMade={(avatar) => {
            setCreating(false);
            toasts.say([words.upload.made(avatar.displayName), ...avatar.warnings].join(" "));
            go(href("avatars", [avatar.id], { talk: true }));
          }}
        />
      )}
    </div>
  );
}

interface CardsProps {
  api: Api;
  avatars: readonly Avatar[];
  search: string;
  whose: Whose;
  onCreate: () => void;
}

function Cards({ api, avatars, search, whose, onCreate }: CardsProps) {
  const removal = useRemoval();
  const wanted = search.trim().toLowerCase();
  const rows = avatars.filter(
    (avatar) =>
      !removal.isGone(avatar.id) &&
      (whose === "all" || (whose === "own") === (avatar.createdByOrganizationId !== null)) &&
      `${avatar.displayName} ${avatar.variantName}`.toLowerCase().includes(wanted),
  );
  if (rows.length === 0 && whose === "own" && wanted === "") {
    return (
      <Empty
        icon="face"
        title={words.emptyTitle}
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
  if (rows.length === 0) return <p className="muted">{words.none}</p>;
  return (
    <ul className="cards" data-testid="avatar-list">
      {rows.map((avatar) => (
        <Card
          key={avatar.id}
          avatar={avatar}
          onRemove={() => removal.remove(avatar.id, strings.deleted(avatar.displayName), () => api.avatars.delete(avatar.id))}
        />
      ))}
    </ul>
  );
}

function Card({ avatar, onRemove }: { avatar: Avatar; onRemove: () => void }) {
  const own = avatar.createdByOrganizationId !== null;
  return (
    <li className="tile" data-testid="avatar-card" data-id={avatar.id}>
      <a className="tile-link" href={href("avatars", [avatar.id])}>
        <Living still={avatar.imageUrl} loop={avatar.idleVideoUrl} className="tile-picture" />
        <span className="tile-name">{avatar.displayName}</span>
        {avatar.variantName && <span className="avatar-variant">{avatar.variantName}</span>}
      </a>
      <div className="tile-foot">
        <Badge tone={own ? "good" : "plain"}>{own ? strings.own : strings.builtIn}</Badge>
        {own && <Menu label={strings.actions(avatar.displayName)} items={[deleteItem("avatar-delete", onRemove)]} />}
      </div>
    </li>
  );
}
