import { useCallback, useState, type FormEvent } from "react";

import type { Api } from "../../api";
import type { Provider, ProviderSecret } from "../../api/server";
import { ago } from "../../format";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { FormDialog, useComplaints } from "../../ui/form-dialog";
import { Icon } from "../../ui/icon";
import { deleteItem, Menu } from "../../ui/menu";
import { Badge, PageSection } from "../../ui/page";
import { Select } from "../../ui/select";
import { Shown } from "../../ui/states";
import { useToasts } from "../../ui/toast";
import { useLoad } from "../../ui/use-load";
import { useRemoval } from "../../ui/use-removal";

const words = strings.settings.providers;

/** Kinds whose providers take an organization's own key. */
const SPEAKING = "tts";

export function ProvidersPart({ api }: { api: Api }) {
  const [providers, again] = useLoad(useCallback((signal: AbortSignal) => api.server.providers(signal), [api]));
  return (
    <Shown loaded={providers} onRetry={again}>
      {(found) => (
        <>
          <Secrets api={api} speaking={found.filter((one) => one.kind === SPEAKING && one.needsKey)} />
          <p className="muted part-lead">{words.lead}</p>
          {Object.keys(words.kinds).map((kind) => (
            <Kind key={kind} title={words.kinds[kind] ?? kind} providers={found.filter((one) => one.kind === kind)} />
          ))}
        </>
      )}
    </Shown>
  );
}

function Kind({ title, providers }: { title: string; providers: readonly Provider[] }) {
  if (providers.length === 0) return null;
  return (
    <section className="kind-of-provider" aria-label={title}>
      <h2>{title}</h2>
      <ul className="rows rows-tight">
        {providers.map((one) => (
          <li key={one.name} data-testid="provider-row">
            <div className="rows-text">
              <p className="rows-name">
                {one.label} <span className="mono muted">{one.name}</span>
              </p>
              {one.missing && <p className="rows-detail">{one.missing}</p>}
            </div>
            {one.needsKey && <Badge>{words.needsKey}</Badge>}
            <Badge tone={one.usable ? "good" : "warn"} dot>
              {one.usable ? words.usable : words.missing}
            </Badge>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Secrets({ api, speaking }: { api: Api; speaking: readonly Provider[] }) {
  const [loaded, reload] = useLoad(useCallback((signal: AbortSignal) => api.server.secrets(signal), [api]));
  const [adding, setAdding] = useState(false);
  const toasts = useToasts();
  return (
    <PageSection
      title={words.secretsTitle}
      lead={words.secretsLead}
      aside={
        <Button icon="plus" onClick={() => setAdding(true)} data-testid="secret-create">
          {words.add}
        </Button>
      }
    >
      <Shown loaded={loaded} onRetry={reload}>
        {(secrets) => <SecretRows api={api} secrets={secrets} />}
      </Shown>
      {adding && (
        <SecretDialog
          api={api}
          speaking={speaking}
          onClose={() => setAdding(false)}
          onSaved={(secret) => {
            setAdding(false);
            toasts.say(words.saved(secret.provider));
            reload();
          }}
        />
      )}
    </PageSection>
  );
}

function SecretRows({ api, secrets }: { api: Api; secrets: readonly ProviderSecret[] }) {
  const removal = useRemoval();
  const rows = secrets.filter((secret) => !removal.isGone(secret.id));
  if (rows.length === 0) return <p className="muted">{words.secretsNone}</p>;
  return (
    <ul className="rows">
      {rows.map((secret) => (
        <li key={secret.id} data-testid="secret-row">
          <span className="rows-icon">
            <Icon name="key" />
          </span>
          <div className="rows-text">
            <p className="rows-name">{secret.provider}</p>
            <p className="rows-detail">{words.stored(ago(secret.updatedAt))}</p>
          </div>
          <div className="rows-actions">
            <Menu
              label={strings.actions(secret.provider)}
              items={[deleteItem("secret-delete", () => removal.remove(secret.id, strings.deleted(secret.provider), () => api.server.deleteSecret(secret.id)))]}
            />
          </div>
        </li>
      ))}
    </ul>
  );
}

interface SecretDialogProps {
  api: Api;
  speaking: readonly Provider[];
  onClose: () => void;
  onSaved: (secret: ProviderSecret) => void;
}

function SecretDialog({ api, speaking, onClose, onSaved }: SecretDialogProps) {
  const [provider, setProvider] = useState(speaking[0]?.name ?? "");
  const [secret, setSecret] = useState("");
  const complaints = useComplaints(["provider", "secret"]);
  function submit(event: FormEvent) {
    event.preventDefault();
    void complaints.during(async () => onSaved(await api.server.keepSecret(provider, secret)));
  }
  return (
    <FormDialog title={words.addTitle} complaints={complaints} ready={secret.trim() !== ""} onClose={onClose} onSubmit={submit}>
      <Field label={words.provider} error={complaints.of("provider")}>
        {(control) => (
          <Select {...control} value={provider} onChange={setProvider} testId="secret-provider">
            {speaking.map((one) => (
              <option key={one.name} value={one.name}>
                {one.label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={words.secret} hint={words.secretHint} error={complaints.of("secret")}>
        {(control) => (
          <input
            {...control}
            className="input mono"
            type="password"
            autoComplete="new-password"
            value={secret}
            onChange={(event) => setSecret(event.target.value)}
            data-testid="secret-value"
          />
        )}
      </Field>
    </FormDialog>
  );
}
