import type { ToolCallDetail } from "../../api/sessions";
import { seconds } from "../../format";
import { strings } from "../../strings";
import { Badge, PageSection } from "../../ui/page";

const words = strings.sessions;

export function Calls({ calls }: { calls: readonly ToolCallDetail[] }) {
  return (
    <PageSection title={words.tools} testId="session-calls">
      <ul className="rows">
        {calls.map((call, index) => (
          <li key={call.toolCallId ?? index}>
            <div className="rows-text">
              <p className="rows-name">
                {call.toolName}
                <Badge tone={call.status === "completed" ? "good" : call.status === "failed" ? "bad" : "plain"}>
                  {call.status === "completed" ? words.toolDone : call.status === "failed" ? words.toolFailed : words.toolStarted}
                </Badge>
              </p>
              <p className="rows-detail">{[words.turn(call.turnIndex + 1), call.toolType, seconds(call.durationSeconds)].join(" · ")}</p>
              {call.errorMessage && <p className="field-error">{call.errorMessage}</p>}
              {(call.arguments ?? call.result) !== null && <Content call={call} />}
            </div>
          </li>
        ))}
      </ul>
    </PageSection>
  );
}

function Content({ call }: { call: ToolCallDetail }) {
  return (
    <details className="call-content">
      <summary>
        {words.input} · {words.output}
      </summary>
      {call.arguments && <pre tabIndex={0}>{JSON.stringify(call.arguments, null, 2)}</pre>}
      {call.result && <pre tabIndex={0}>{call.result}</pre>}
    </details>
  );
}
