import { useCallback, useState, type FormEvent } from "react";

import type { Api, Avatar } from "../../api";
import { moment } from "../../format";
import { go, href, usePlace } from "../../route";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Badge, PageHead } from "../../ui/page";
import { Shown } from "../../ui/states";
import { useToasts } from "../../ui/toast";
import { useLoad } from "../../ui/use-load";
import { useRemoval } from "../../ui/use-removal";
import { Preview } from "./preview";

const words = strings.avatars;

export function AvatarPage({ api, id }: { api: Api; id: string }) {
  const [loaded, reload] = useLoad(useCallback((signal: AbortSignal) => api.avatars.get(id, signal), [api, id]));
  return (
    <div className="page">
      <Shown loaded={loaded} onRetry={reload}>
        {(avatar) => <Body api={api} avatar={avatar} onChanged={reload} />}
      </Shown>
    </div>
  );
}

function Body({ api, avatar, onChanged }: { api: Api; avatar: Avatar; onChanged: () => void }) {
  const own = avatar.createdByOrganizationId !== null;
  const [renaming, setRenaming] = useState(false);
  const toasts = useToasts();
  const atOnce = usePlace().query.has("talk");
  const removal = useRemoval();
  function remove() {
    removal.remove(avatar.id, strings.deleted(avatar.displayName), () => api.avatars.delete(avatar.id));
    go(href("avatars"));
  }
  return (
    <>
      <PageHead
        title={avatar.displayName}
        back={{ href: href("avatars"), label: words.title }}
        lead={
          <>
            <Badge tone={own ? "good" : "plain"}>{own ? strings.own : strings.builtIn}</Badge> {avatar.variantName}
          </>
        }
      >
        {own && (
          <>
            <Button icon="pencil" onClick={() => setRenaming(true)} data-testid="avatar-rename">
              {words.rename}
            </Button>
            <Button look="danger" icon="trash" onClick={remove} data-testid="avatar-remove">
              {strings.delete}
            </Button>
          </>
        )}
      </PageHead>
      <Preview api={api} avatar={avatar} atOnce={atOnce} />
      <dl className="card pairs avatar-facts">
        {avatar.renderStyle !== "unknown" && (
          <div>
            <dt>{words.style}</dt>
            <dd>{avatar.renderStyle.replaceAll("_", " ")}</dd>
          </div>
        )}
        <div>
          <dt>{words.added}</dt>
          <dd>{moment(avatar.createdAt)}</dd>
        </div>
        <div>
          <dt>{words.id}</dt>
          <dd className="mono">{avatar.id}</dd>
        </div>
      </dl>
      {renaming && (
        <RenameDialog
          api={api}
          avatar={avatar}
          onClose={() => setRenaming(false)}
          onDone={() => {
            setRenaming(false);
            toasts.say(words.renamed);
            onChanged();
          }}
        />
      )}
    </>
  );
}

interface RenameProps {
  api: Api;
  avatar: Avatar;
  onClose: () => void;
  onDone: () => void;
}

function RenameDialog({ api, avatar, onClose, onDone }: RenameProps) {
  const [name, setName] = useState(avatar.displayName);
  const [problem, setProblem] = useState<string>();
  function submit(event: FormEvent) {
    event.preventDefault();
    api.avatars.rename(avatar.id, name).then(onDone, (error: Error) => setProblem(error.message));
  }
  const footer = (
    <>
      <Button onClick={onClose}>{strings.cancel}</Button>
      <Button look="primary" type="submit" form="rename" data-testid="rename-save">
        {strings.save}
      </Button>
    </>
  );
  return (
    <Dialog title={words.rename} onClose={onClose} footer={footer}>
      <form id="rename" onSubmit={submit}>
        <Field label={words.name} error={problem}>
          {(control) => (
            <input
              {...control}
              className="input"
              value={name}
              onChange={(event) => setName(event.target.value)}
              data-testid="rename-name"
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
