import { useCallback } from "react";

import type { Api } from "../../api";
import type { Finding, Readiness, ServerInfo } from "../../api/server";
import { bytes } from "../../format";
import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";
import { Badge, Facts, PageSection, type Tone } from "../../ui/page";
import { Shown } from "../../ui/states";
import { useLoad } from "../../ui/use-load";

const words = strings.settings.health;
const TONES: Readonly<Record<Finding["mark"], Tone>> = { ok: "good", fallback: "warn", broken: "bad" };

interface Whole {
  info: ServerInfo;
  findings: Finding[];
  readiness: Readiness;
}

export function HealthPart({ api }: { api: Api }) {
  const load = useCallback(
    async (signal: AbortSignal): Promise<Whole> => {
      const [info, findings, readiness] = await Promise.all([
        api.server.info(signal),
        api.server.health(signal),
        api.server.readiness(signal),
      ]);
      return { info, findings, readiness };
    },
    [api],
  );
  const [loaded, reload] = useLoad(load);
  return (
    <Shown loaded={loaded} onRetry={reload}>
      {({ info, findings, readiness }) => (
        <>
          <div className="part-head">
            <Notice tone={readiness.ready ? "info" : "danger"} testId="readiness">
              {readiness.ready ? words.ready : words.notReady}
            </Notice>
            <Button icon="refresh" onClick={reload}>
              {words.again}
            </Button>
          </div>
          <PageSection title={words.running}>
            <Findings findings={partsOf(readiness)} />
          </PageSection>
          <PageSection title={words.parts} lead={words.lead}>
            <Findings findings={findings} />
          </PageSection>
          <PageSection title={words.limits} lead={words.limitsLead}>
            <Facts facts={factsOf(info)} />
          </PageSection>
        </>
      )}
    </Shown>
  );
}

function partsOf(readiness: Readiness): Finding[] {
  return Object.entries(readiness.parts).map(([part, { ok, detail, fellBack }]) => ({
    part,
    text: detail,
    mark: ok ? (fellBack ? "fallback" : "ok") : "broken",
  }));
}

function Findings({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul className="rows rows-tight">
      {findings.map((finding) => (
        <li key={finding.part} data-testid="finding">
          <div className="rows-text">
            <p className="rows-name">{named(finding.part)}</p>
            <p className="rows-detail">{finding.text}</p>
          </div>
          <Badge tone={TONES[finding.mark]} dot>
            {words.marks[finding.mark]}
          </Badge>
        </li>
      ))}
    </ul>
  );
}

/** Parts go by the names of code. */
function named(part: string): string {
  const words = part.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function factsOf(info: ServerInfo) {
  const limits = Object.entries(info.limits).map(([name, value]) => ({ name: words.names[name] ?? name, value: shown(name, value) }));
  const features = Object.entries(info.features).map(([name, on]) => ({ name: words.features[name] ?? name, value: on ? words.on : words.off }));
  return [...limits, ...features, { name: words.version, value: info.version }];
}

/** Each limit has its unit in its name. */
function shown(name: string, value: number): string {
  if (name.endsWith("Days")) return words.days(value);
  if (value === 0) return words.none;
  if (name.includes("Bytes")) return bytes(value);
  return name.endsWith("Seconds") ? words.hours(Math.round(value / 360) / 10) : String(value);
}
