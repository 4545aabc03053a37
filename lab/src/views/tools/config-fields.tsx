import { useCallback, type ReactNode } from "react";

import type { Api } from "../../api";
import { href } from "../../route";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Check, Field, FieldError } from "../../ui/field";
import type { Complaints } from "../../ui/form-dialog";
import { Select } from "../../ui/select";
import { Shown } from "../../ui/states";
import { useLoad } from "../../ui/use-load";
import { HeaderFields } from "./header-fields";
import { EXAMPLE, isKept, METHODS, objectOf, type ToolDraft } from "./tool-draft";

const words = strings.tools.form;

export interface ConfigFieldsProps {
  api: Api;
  draft: ToolDraft;
  complaints: Complaints;
  onChange: (part: Partial<ToolDraft>) => void;
}

/** What each kind of tool wants to know. */
export function ConfigFields(props: ConfigFieldsProps): ReactNode {
  switch (props.draft.type) {
    case "CLIENT":
      return (
        <>
          <Parameters {...props} />
          <Waiting {...props} />
        </>
      );
    case "SERVER_RAG":
      return <Groups {...props} />;
    case "SERVER_MCP":
      return (
        <>
          <Address {...props} hint={words.mcpHint} />
          <HeaderFields {...props} />
        </>
      );
    default:
      return <Webhook {...props} />;
  }
}

function Webhook(props: ConfigFieldsProps) {
  const { draft, complaints, onChange } = props;
  return (
    <>
      <div className="tool-address">
        <Field label={words.method}>
          {(control) => (
            <Select {...control} value={draft.method} onChange={(method) => onChange({ method })} testId="tool-method">
              {METHODS.map((method) => (
                <option key={method}>{method}</option>
              ))}
            </Select>
          )}
        </Field>
        <Address {...props} hint={words.urlHint} />
      </div>
      <Parameters {...props} />
      <HeaderFields {...props} />
      {draft.method !== "GET" && (
        <Field label={words.body} hint={words.bodyHint} error={complaints.of("bodyTemplate")}>
          {(control) => (
            <textarea {...control} className="input mono" rows={3} spellCheck={false} value={draft.body} onChange={(event) => onChange({ body: event.target.value })} />
          )}
        </Field>
      )}
      <Field label={words.secret} hint={words.secretHint} error={complaints.of("signingSecret")}>
        {(control) => (
          <input
            {...control}
            className="input mono"
            type="password"
            autoComplete="new-password"
            placeholder={isKept(draft.secret) ? words.headerKept : undefined}
            value={isKept(draft.secret) ? "" : draft.secret}
            onChange={(event) => onChange({ secret: event.target.value })}
          />
        )}
      </Field>
      <Waiting {...props} />
    </>
  );
}

function Address({ draft, complaints, onChange, hint }: ConfigFieldsProps & { hint: string }) {
  return (
    <Field label={words.url} hint={hint} error={complaints.of("url")}>
      {(control) => (
        <input
          {...control}
          className="input mono"
          type="url"
          autoComplete="off"
          value={draft.url}
          onChange={(event) => onChange({ url: event.target.value })}
          data-testid="tool-url"
        />
      )}
    </Field>
  );
}

function Parameters({ draft, complaints, onChange }: ConfigFieldsProps) {
  const bad = objectOf(draft.parameters) === undefined ? words.parametersBad : undefined;
  return (
    <div className="tool-parameters">
      <Field label={words.parameters} hint={words.parametersHint} error={bad ?? complaints.of("parameters")}>
        {(control) => (
          <textarea
            {...control}
            className="input mono"
            rows={draft.parameters === "" ? 3 : 8}
            spellCheck={false}
            value={draft.parameters}
            onChange={(event) => onChange({ parameters: event.target.value })}
            data-testid="tool-parameters"
          />
        )}
      </Field>
      {draft.parameters === "" && (
        <Button look="ghost" icon="code" onClick={() => onChange({ parameters: EXAMPLE })} data-testid="tool-example">
          {words.parametersExample}
        </Button>
      )}
    </div>
  );
}

function Waiting({ draft, complaints, onChange }: ConfigFieldsProps) {
  return (
    <>
      <Check label={words.await} hint={words.awaitHint} checked={draft.awaits} onChange={(awaits) => onChange({ awaits })} />
      {draft.awaits && draft.type === "CLIENT" && (
        <Field label={words.timeout} hint={words.timeoutHint} error={complaints.of("toolTimeoutSeconds")}>
          {(control) => (
            <input
              {...control}
              className="input"
              type="number"
              min={1}
              max={600}
              value={draft.timeout}
              onChange={(event) => onChange({ timeout: event.target.value })}
            />
          )}
        </Field>
      )}
    </>
  );
}

function Groups({ api, draft, complaints, onChange }: ConfigFieldsProps) {
  const [loaded, reload] = useLoad(useCallback((signal: AbortSignal) => api.knowledge.groups(signal), [api]));
  return (
    <fieldset className="field">
      <legend className="field-label">{words.groups}</legend>
      <Shown loaded={loaded} onRetry={reload}>
        {(groups) =>
          groups.length === 0 ? (
            <p className="muted">
              {words.noGroups} <a href={href("knowledge")}>{words.makeGroup}</a>
            </p>
          ) : (
            <div className="tool-groups">
              {groups.map((group) => (
                <Check
                  key={group.id}
                  label={group.name}
                  hint={strings.knowledge.documents(group.documentCount)}
                  checked={draft.folderIds.includes(group.id)}
                  onChange={(wanted) =>
                    onChange({ folderIds: wanted ? [...draft.folderIds, group.id] : draft.folderIds.filter((id) => id !== group.id) })
                  }
                />
              ))}
            </div>
          )
        }
      </Shown>
      <FieldError error={complaints.of("documentFolderIds")} />
    </fieldset>
  );
}
