/** What the form of a tool holds, and how it becomes a request; pure. */
import { REDACTED, TOOL_TYPES, type Tool, type ToolConfig, type ToolFields, type ToolType } from "../../api/tools";

export interface Header {
  name: string;
  value: string;
}

export interface ToolDraft {
  type: ToolType;
  name: string;
  description: string;
  locked: boolean;
  /** JSON as text, while it is being typed. */
  parameters: string;
  url: string;
  method: string;
  headers: readonly Header[];
  body: string;
  secret: string;
  awaits: boolean;
  timeout: string;
  folderIds: readonly string[];
}

export const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"];

export const EXAMPLE = JSON.stringify(
  {
    type: "object",
    properties: { order: { type: "string", description: "The number on the receipt." } },
    required: ["order"],
  },
  null,
  2,
);

export function blank(type: string | null): ToolDraft {
  return {
    type: TOOL_TYPES.find((known) => known === type) ?? "CLIENT",
    name: "",
    description: "",
    locked: false,
    parameters: "",
    url: "",
    method: "POST",
    headers: [],
    body: "",
    secret: "",
    awaits: true,
    timeout: "",
    folderIds: [],
  };
}

export function draftOf(tool: Tool): ToolDraft {
  const { config } = tool;
  return {
    type: tool.type,
    name: tool.name,
    description: tool.description,
    locked: tool.disableInterruptions,
    parameters: config.parameters ? JSON.stringify(config.parameters, null, 2) : "",
    url: config.url ?? "",
    method: config.method ?? "POST",
    headers: Object.entries(config.headers ?? {}).map(([name, value]) => ({ name, value })),
    body: config.bodyTemplate ?? "",
    secret: config.signingSecret ?? "",
    awaits: tool.type === "CLIENT" ? (config.awaitResult ?? false) : (config.awaitResponse ?? true),
    timeout: config.toolTimeoutSeconds === null || config.toolTimeoutSeconds === undefined ? "" : String(config.toolTimeoutSeconds),
    folderIds: config.documentFolderIds ?? [],
  };
}

/** The object that a text stands for: null for an empty text, undefined for one that is no object. */
export function objectOf(text: string): Record<string, unknown> | null | undefined {
  if (text.trim() === "") return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Each type looks at its own keys; null takes away what is empty. */
function configOf(draft: ToolDraft): ToolConfig {
  const parameters = objectOf(draft.parameters) ?? null;
  const headers = Object.fromEntries(draft.headers.filter(({ name }) => name.trim() !== "").map(({ name, value }) => [name.trim(), value]));
  switch (draft.type) {
    case "CLIENT": {
      const toolTimeoutSeconds = draft.awaits && draft.timeout.trim() !== "" ? Number(draft.timeout) : null;
      return { parameters, awaitResult: draft.awaits, toolTimeoutSeconds };
    }
    case "SERVER_RAG":
      return { documentFolderIds: [...draft.folderIds] };
    case "SERVER_MCP":
      return { url: draft.url.trim(), headers };
    default:
      return {
        parameters,
        url: draft.url.trim(),
        method: draft.method,
        headers,
        awaitResponse: draft.awaits,
        bodyTemplate: draft.body.trim() === "" ? null : draft.body,
        signingSecret: draft.secret.trim() || null,
      };
  }
}

export function fieldsOf(draft: ToolDraft): ToolFields {
  return {
    name: draft.name.trim(),
    description: draft.description.trim(),
    type: draft.type,
    disableInterruptions: draft.locked,
    config: configOf(draft),
  };
}

export function isReady(draft: ToolDraft): boolean {
  const wantsUrl = draft.type === "SERVER_WEBHOOK" || draft.type === "SERVER_MCP";
  return (
    draft.name.trim() !== "" &&
    draft.description.trim() !== "" &&
    objectOf(draft.parameters) !== undefined &&
    (!wantsUrl || draft.url.trim() !== "") &&
    (draft.type !== "SERVER_RAG" || draft.folderIds.length > 0)
  );
}

/** Arguments to begin a dry run with: what the schema asks for, filled in by kind. */
export function sampleOf(parameters: Record<string, unknown> | null | undefined): Record<string, unknown> {
  const properties = (parameters?.["properties"] ?? {}) as Record<string, { type?: string; enum?: unknown[]; default?: unknown }>;
  const byType: Readonly<Record<string, unknown>> = { string: "", number: 0, integer: 0, boolean: false, array: [], object: {} };
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, schema.default ?? schema.enum?.[0] ?? byType[schema.type ?? "string"] ?? ""]),
  );
}

export function isKept(value: string): boolean {
  return value === REDACTED;
}
