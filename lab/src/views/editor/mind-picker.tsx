import { NO_MIND_ID, type Llm } from "../../api";
import { mindServer } from "../../served-by";
import { strings } from "../../strings";
import { Field } from "../../ui/field";
import { Select } from "../../ui/select";

const words = strings.editor;

interface MindPickerProps {
  llms: readonly Llm[];
  value: string;
  error: string | undefined;
  onChange: (id: string) => void;
}

export function MindPicker({ llms, value, error, onChange }: MindPickerProps) {
  const minds = llms.filter((llm) => llm.id !== NO_MIND_ID);
  const known = value === NO_MIND_ID || minds.some((llm) => llm.id === value);
  const chosen = minds.find((llm) => llm.id === value);
  // The name may be one that documents use for somebody else's model; the truth stands below it.
  const served = mindServer(value, chosen);
  const hint = served ? `${served.name}. ${served.hint}` : (chosen?.description ?? undefined);
  return (
    <Field label={words.mind} hint={hint} error={error}>
      {(control) => (
        <Select {...control} value={value} onChange={onChange} testId="editor-mind">
          {!known && <option value={value}>{value}</option>}
          {minds.map((llm) => (
            <option key={llm.id} value={llm.id}>
              {llm.displayName}
            </option>
          ))}
          <option value={NO_MIND_ID}>{words.noMind}</option>
        </Select>
      )}
    </Field>
  );
}
