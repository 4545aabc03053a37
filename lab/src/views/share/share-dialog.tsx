import { useState } from "react";

import type { Api, Persona } from "../../api";
import { strings } from "../../strings";
import { share as words } from "../../strings/share";
import { Button } from "../../ui/button";
import { Tabs } from "../../ui/choice";
import { Dialog } from "../../ui/dialog";
import { ShareFrame } from "./share-frame";
import { ShareLinks } from "./share-links";
import { ShareWidget } from "./share-widget";
import "./share.css";

export interface WayProps {
  api: Api;
  persona: Persona;
  builtIn: boolean;
}

/** Three ways to bring other people to a persona. */
export function ShareDialog({ onClose, ...way }: WayProps & { onClose: () => void }) {
  const [shown, setShown] = useState<"link" | "frame" | "widget">("link");
  const footer = (
    <Button look="primary" onClick={onClose}>
      {words.close}
    </Button>
  );
  return (
    <Dialog wide title={words.title(way.persona.name || strings.unnamed)} onClose={onClose} footer={footer} testId="share-dialog">
      <Tabs
        label={words.ways}
        value={shown}
        onChange={setShown}
        tabs={[
          { value: "link", label: words.way.link, testId: "share-link", content: <ShareLinks {...way} /> },
          { value: "frame", label: words.way.frame, testId: "share-frame", content: <ShareFrame {...way} /> },
          { value: "widget", label: words.way.widget, testId: "share-widget", content: <ShareWidget {...way} /> },
        ]}
      />
    </Dialog>
  );
}
