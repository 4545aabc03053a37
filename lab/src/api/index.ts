/** The public REST API as the Lab uses it, a file for each noun. Field names are the wire's own. */
import { Avatars } from "./avatars";
import { Http } from "./http";
import { Knowledge } from "./knowledge";
import { Llms } from "./llms";
import { Personas } from "./personas";
import { Server } from "./server";
import { Sessions } from "./sessions";
import { ShareLinks } from "./share-links";
import { Tools } from "./tools";
import { Voices } from "./voices";

export type { Avatar } from "./avatars";
export { ApiError } from "./http";
export { NO_MIND_ID, type Llm } from "./llms";
export type { Persona, PersonaFields, PersonaSummary } from "./personas";
export type { ServedBy, Voice } from "./voices";

export class Api {
  readonly avatars: Avatars;
  readonly knowledge: Knowledge;
  readonly llms: Llms;
  readonly personas: Personas;
  readonly server: Server;
  readonly sessions: Sessions;
  readonly shareLinks: ShareLinks;
  readonly tools: Tools;
  readonly voices: Voices;

  /** `onRefused` is told when the server does not accept the key (any more). */
  constructor(key: string, onRefused: () => void = () => undefined) {
    const http = new Http(key, onRefused);
    this.avatars = new Avatars(http);
    this.knowledge = new Knowledge(http);
    this.llms = new Llms(http);
    this.personas = new Personas(http);
    this.server = new Server(http);
    this.sessions = new Sessions(http);
    this.shareLinks = new ShareLinks(http);
    this.tools = new Tools(http);
    this.voices = new Voices(http);
  }
}
