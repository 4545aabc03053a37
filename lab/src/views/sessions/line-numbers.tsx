import type { Network, Spread } from "../../api/sessions";
import { bitRate, latency, rate } from "../../format";
import { strings } from "../../strings";
import { Facts, PageSection } from "../../ui/page";

const words = strings.sessions.line;

/** How good the network to the client was. */
export function LineNumbers({ network }: { network: Network }) {
  const spread = (name: string, value: Spread | null) => ({
    name,
    value: value ? latency(value.p50) : strings.sessions.none,
    note: value ? words.spread(latency(value.p95), latency(value.max)) : words.untold,
  });
  return (
    <PageSection title={words.title} lead={words.lead} testId="session-network">
      <Facts
        facts={[
          spread(words.roundTrip, network.roundTripMs),
          spread(words.jitter, network.jitterMs),
          {
            name: words.loss,
            value: rate(network.packetLossRate),
            note: words.packets(network.packetsLost.toLocaleString("en"), network.packetsSent.toLocaleString("en")),
          },
          { name: words.sent, value: bitRate(network.sentBitsPerSecond), note: words.sentNote },
        ]}
      />
    </PageSection>
  );
}

/** Of the picture, as seen from the sound. */
export function skewText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return strings.sessions.none;
  const rounded = Math.round(ms);
  if (rounded === 0) return words.together;
  return rounded < 0 ? words.ahead(latency(-rounded)) : words.behind(latency(rounded));
}
