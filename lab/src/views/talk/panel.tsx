import { useState } from "react";

import { strings } from "../../strings";
import { Tabs } from "../../ui/choice";
import { CodePanel } from "./code-panel";
import type { Talk } from "../../conversation/conversation";
import { Figures } from "./figures";
import type { FrameFigures } from "../../conversation/frame-meter";
import { Transcript } from "./transcript";

interface PanelProps {
  talk: Talk;
  figures: FrameFigures | null;
  name: string;
  personaId: string;
}

/** What was said, how fast, and how to do the same in one's own page. */
export function Panel({ talk, figures, name, personaId }: PanelProps) {
  const [tab, setTab] = useState<"transcript" | "figures" | "code">("transcript");
  return (
    <aside className="panel" aria-label={strings.talk.details}>
      <Tabs
        label={strings.talk.details}
        value={tab}
        onChange={setTab}
        tabs={[
          {
            value: "transcript",
            label: strings.transcript.tab,
            testId: "tab-transcript",
            content: <Transcript entries={talk.entries} name={name} live={talk.phase === "live"} />,
          },
          {
            value: "figures",
            label: strings.figures.tab,
            testId: "tab-figures",
            content: <Figures talk={talk} frames={figures} />,
          },
          {
            value: "code",
            label: strings.code.tab,
            testId: "tab-code",
            content: <CodePanel personaId={personaId} />,
          },
        ]}
      />
    </aside>
  );
}
