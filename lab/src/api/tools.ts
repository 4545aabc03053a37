import { Catalog } from "./catalog";
import type { Http } from "./http";

export const TOOL_TYPES = ["CLIENT", "SERVER_WEBHOOK", "SERVER_RAG", "SERVER_MCP"] as const;
export type ToolType = (typeof TOOL_TYPES)[number] | "SYSTEM";

/** Header values and the signing secret read so; sent back, they stay as they are. */
export const REDACTED = "[REDACTED]";

export interface ToolConfig {
  parameters?: Record<string, unknown> | null;
  awaitResult?: boolean | null;
  toolTimeoutSeconds?: number | null;
  documentFolderIds?: string[] | null;
  url?: string | null;
  method?: string | null;
  headers?: Record<string, string> | null;
  bodyTemplate?: string | null;
  signingSecret?: string | null;
  queryParameters?: Record<string, unknown> | null;
  awaitResponse?: boolean | null;
  fillerPhrases?: string[] | null;
}

export interface Tool {
  id: string;
  name: string;
  description: string;
  type: ToolType;
  config: ToolConfig;
  usageCount: number;
  disableInterruptions: boolean;
}

export interface ToolFields {
  name: string;
  description: string;
  type: ToolType;
  disableInterruptions: boolean;
  config: ToolConfig;
}

/** What a dry run of a webhook came to. */
export interface ToolTrial {
  ok: boolean;
  latencyMs: number | null;
  result: string | null;
  message: string;
}

export class Tools extends Catalog<Tool> {
  constructor(http: Http) {
    super(http, "/v1/tools");
  }

  create(fields: ToolFields): Promise<Tool> {
    return this.changed(this.http.post(this.path, fields));
  }

  update(id: string, fields: Partial<ToolFields>): Promise<Tool> {
    return this.changed(this.http.put(this.of(id), fields));
  }

  /** Calls the tool for real, as a persona would, with these arguments. */
  test(id: string, argumentsGiven: Record<string, unknown>): Promise<ToolTrial> {
    return this.http.post(`${this.of(id)}/test`, { arguments: argumentsGiven });
  }
}
