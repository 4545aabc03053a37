import { NO_MIND_ID, type Llm } from "../../api";
import type { Tool } from "../../api/tools";
import { mindServer } from "../../served-by";
import { editing as words } from "../../strings/editing";
import { Check, Field, FieldError } from "../../ui/field";
import type { PartProps } from "./editor-page";
import { MindPicker } from "./mind-picker";
import { StandIns, without, type StandIn } from "./stand-ins";

/** Who thinks, what it can do and know, and what is kept. */
export function MindPart({ draft, errors, catalogs, groups, onChange }: PartProps) {
  return (
    <>
      <MindPicker
        llms={catalogs.llms}
        value={draft.llmId}
        error={errors.llmId}
        onChange={(llmId) => onChange({ llmId, fallbackLlmIds: without(llmId, draft.fallbackLlmIds) })}
      />
      {draft.llmId !== NO_MIND_ID && (
        <StandIns
          kind="mind"
          rows={catalogs.llms.filter((row) => row.id !== NO_MIND_ID).map(mindRow)}
          first={draft.llmId}
          value={draft.fallbackLlmIds}
          error={errors.fallbackLlmIds}
          onChange={(fallbackLlmIds) => onChange({ fallbackLlmIds })}
        />
      )}
      <ToolChoice tools={catalogs.tools} value={draft.toolIds} error={errors.toolIds} onChange={(toolIds) => onChange({ toolIds })} />
      <Reached tools={catalogs.tools.filter((tool) => draft.toolIds.includes(tool.id))} groups={groups} />
      <section className="editor-group" aria-labelledby="editor-limits">
        <h2 id="editor-limits">{words.limits}</h2>
        <Field label={words.maxLength} hint={words.maxLengthHint} error={errors.maxMinutes}>
          {(control) => (
            <input
              {...control}
              className="input input-short"
              type="number"
              min={1}
              step={1}
              inputMode="numeric"
              value={draft.maxMinutes}
              onChange={(event) => onChange({ maxMinutes: event.target.value })}
              data-testid="editor-minutes"
            />
          )}
        </Field>
        <Check
          label={words.zeroRetention}
          hint={words.zeroRetentionHint}
          checked={draft.zeroDataRetention}
          onChange={(zeroDataRetention) => onChange({ zeroDataRetention })}
          testId="editor-zdr"
        />
        <FieldError error={errors.zeroDataRetention} />
      </section>
    </>
  );
}

/** With who really serves it, as below the mind that comes first. */
function mindRow(llm: Llm): StandIn {
  return { id: llm.id, name: llm.displayName, detail: mindServer(llm.id, llm)?.name ?? llm.description };
}

interface ToolChoiceProps {
  tools: readonly Tool[];
  value: readonly string[];
  error: string | undefined;
  onChange: (ids: readonly string[]) => void;
}

function ToolChoice({ tools, value, error, onChange }: ToolChoiceProps) {
  return (
    <fieldset className="field editor-tools">
      <legend className="field-label">{words.tools}</legend>
      <p className="field-hint">{tools.length > 0 ? words.toolsHint : words.noTools}</p>
      {tools.map((tool) => (
        <Check
          key={tool.id}
          label={tool.name}
          hint={tool.description}
          checked={value.includes(tool.id)}
          onChange={(chosen) => onChange(chosen ? [...value, tool.id] : value.filter((id) => id !== tool.id))}
          testId="editor-tool"
        />
      ))}
      <FieldError error={error} />
    </fieldset>
  );
}

function Reached({ tools, groups }: { tools: readonly Tool[]; groups: PartProps["groups"] }) {
  const ids = new Set(tools.flatMap((tool) => (Array.isArray(tool.config.documentFolderIds) ? (tool.config.documentFolderIds as string[]) : [])));
  const reached = groups.filter((group) => ids.has(group.id));
  return (
    <section className="editor-group" aria-labelledby="editor-knowledge">
      <h2 id="editor-knowledge">{words.knowledge}</h2>
      <p className="field-hint">{reached.length > 0 ? words.knowledgeHint : words.noKnowledge}</p>
      {reached.length > 0 && (
        <ul className="editor-groups">
          {reached.map((group) => (
            <li key={group.id}>{group.name}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
