import { Catalog } from "./catalog";
import type { Http } from "./http";
import type { ServedBy } from "./voices";

/** The catalog id that stands for "no mind": the persona says only what it is told to say. */
export const NO_MIND_ID = "CUSTOMER_CLIENT_V1";

export interface Llm {
  id: string;
  displayName: string;
  description: string | null;
  llmFormat: string;
  urls: { url: string; region: string }[];
  modelName: string | null;
  temperature: number | null;
  maxTokens: number | null;
  deploymentName: string | null;
  apiVersion: string | null;
  createdByOrganizationId: string | null;
  servedBy?: ServedBy | null;
}

/** A secret goes in and never comes out; left away in an update, it stays. */
export interface LlmFields {
  displayName: string;
  description: string | null;
  llmFormat: string;
  urls: { url: string }[];
  modelName: string | null;
  temperature: number | null;
  maxTokens: number | null;
  deploymentName: string | null;
  apiVersion: string | null;
  secret: string;
}

/** A server of language models on the server's own machine. */
export interface FoundServer {
  name: string;
  url: string;
  models: string[];
}

export interface LlmTrial {
  ok: boolean;
  latencyMs: number | null;
  message: string;
}

export class Llms extends Catalog<Llm> {
  constructor(http: Http) {
    super(http, "/v1/llms", { includeDefaults: true });
  }

  create(fields: Partial<LlmFields>): Promise<Llm> {
    return this.changed(this.http.post(this.path, fields));
  }

  update(id: string, fields: Partial<LlmFields>): Promise<Llm> {
    return this.changed(this.http.put(this.of(id), fields));
  }

  /** `usable` says whether such addresses may be used here at all. */
  discovered(signal?: AbortSignal): Promise<{ data: FoundServer[]; usable: boolean }> {
    return this.http.get(`${this.path}/discovered`, signal);
  }

  /** Asks the model for one word. */
  test(id: string): Promise<LlmTrial> {
    return this.http.post(`${this.of(id)}/test`, undefined);
  }
}
