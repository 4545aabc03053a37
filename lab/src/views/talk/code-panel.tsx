import { strings } from "../../strings";
import { Snippet } from "../../ui/snippet";

const words = strings.code;

function serverCode(personaId: string): string {
  return `curl ${location.origin}/v1/auth/session-token \\
  -H "Authorization: Bearer $VISAVIS_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"personaConfig":{"personaId":"${personaId}"}}'`;
}

function pageCode(): string {
  return `import { createClient } from "@anam-ai/js-sdk";

const client = createClient(sessionToken, {
  api: { baseUrl: "${location.origin}" },
});
await client.streamToVideoElement("video");`;
}

export function CodePanel({ personaId }: { personaId: string }) {
  return (
    <div className="code">
      <p>{words.lead}</p>
      <Snippet title={words.server} text={serverCode(personaId)} />
      <Snippet title={words.page} text={pageCode()} />
    </div>
  );
}
