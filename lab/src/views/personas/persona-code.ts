/** A persona as code that can be pasted elsewhere. The key is never in it. */
import { requestOf, type Persona } from "../../api/personas";

/** In single quotes for a shell, whatever is in the text. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The request that makes the same persona. */
export function curlOf(persona: Persona): string {
  return `curl ${location.origin}/v1/personas \\
  -H "Authorization: Bearer $VISAVIS_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d ${quoted(JSON.stringify(requestOf(persona), null, 2))}`;
}

/** A conversation from one's own server and page. */
export function sdkCodeOf(personaId: string): string {
  return `// On your server: the key must not reach the browser.
const answer = await fetch("${location.origin}/v1/auth/session-token", {
  method: "POST",
  headers: {
    Authorization: \`Bearer \${process.env.VISAVIS_API_KEY}\`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({ personaConfig: { personaId: ${JSON.stringify(personaId)} } }),
});
const { sessionToken } = await answer.json();

// In your page: npm install @anam-ai/js-sdk, and <video id="persona" autoplay playsinline></video>
import { createClient } from "@anam-ai/js-sdk";

const client = createClient(sessionToken, { api: { baseUrl: "${location.origin}" } });
await client.streamToVideoElement("persona");
`;
}
