import { useState, type FormEvent } from "react";

import type { Api } from "../../api";
import type { Tool, ToolTrial } from "../../api/tools";
import { latency } from "../../format";
import { strings } from "../../strings";
import { Field } from "../../ui/field";
import { FormDialog, useComplaints } from "../../ui/form-dialog";
import { Notice } from "../../ui/notice";
import { objectOf, sampleOf } from "./tool-draft";

const words = strings.tools.trial;

/** One call for real, with arguments of one's own. */
export function TrialDialog({ api, tool, onClose }: { api: Api; tool: Tool; onClose: () => void }) {
  const [text, setText] = useState(() =>
    JSON.stringify({ ...sampleOf(tool.config.parameters), ...sampleOf(tool.config.queryParameters) }, null, 2),
  );
  const [trial, setTrial] = useState<ToolTrial | null>(null);
  const complaints = useComplaints(["arguments"]);
  const given = objectOf(text);
  function submit(event: FormEvent) {
    event.preventDefault();
    setTrial(null);
    void complaints.during(async () => setTrial(await api.tools.test(tool.id, given ?? {})));
  }
  return (
    <FormDialog
      title={words.title(tool.name)}
      complaints={complaints}
      ready={given !== undefined}
      saveLabel={words.run}
      onClose={onClose}
      onSubmit={submit}
      testId="trial-dialog"
    >
      <p className="muted">{words.lead}</p>
      <Field label={words.arguments} error={given === undefined ? words.bad : complaints.of("arguments")}>
        {(control) => (
          <textarea
            {...control}
            className="input mono"
            rows={6}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
            data-testid="trial-arguments"
          />
        )}
      </Field>
      {trial && (
        <div className="trial-answer" data-testid="trial-answer">
          <Notice tone={trial.ok ? "info" : "danger"}>{trial.ok ? words.good(latency(trial.latencyMs ?? 0)) : trial.message}</Notice>
          {trial.result !== null && (
            <>
              <p className="field-label">{words.result}</p>
              <pre tabIndex={0}>{trial.result}</pre>
            </>
          )}
        </div>
      )}
    </FormDialog>
  );
}
