/** The public REST API as the Lab uses it. Field names are the wire's own. */

/** Who really speaks or thinks behind a catalog row. */
export interface ServedBy {
  provider: string;
  model: string | null;
}

export interface Avatar {
  id: string;
  displayName: string;
  variantName: string;
  imageUrl: string;
  videoUrl: string | null;
  idleVideoUrl?: string | null;
}

export interface Voice {
  id: string;
  displayName: string;
  sampleUrl: string | null;
  gender: string | null;
  country: string | null;
  description: string | null;
  servedBy?: ServedBy | null;
}

export interface Llm {
  id: string;
  displayName: string;
  description: string | null;
  llmFormat: string;
  modelName: string | null;
  servedBy?: ServedBy | null;
}

export interface PersonaSummary {
  id: string;
  name: string | null;
  description: string | null;
  avatar: Avatar | null;
}

export interface Persona {
  id: string;
  name: string | null;
  description: string | null;
  avatar: Avatar | null;
  voice: Voice | null;
  llmId: string | null;
  brain: { personality: string | null; systemPrompt: string | null };
  skipGreeting: boolean;
  initialMessage?: string | null;
}

export interface PersonaFields {
  name: string;
  description: string;
  avatarId: string;
  voiceId: string;
  llmId: string;
  systemPrompt: string;
  initialMessage: string | null;
  skipGreeting: boolean;
}

export interface Page<T> {
  data: T[];
  meta: { total: number; currentPage: number; next: number | null };
}

/** One complaint of the server about one place in the request body. */
export interface Issue {
  path: string;
  message: string;
}

export class ApiError extends Error {
  /** `status` 0 means that no answer came at all. */
  constructor(
    readonly status: number,
    message: string,
    readonly issues: readonly Issue[] = [],
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** The catalog id that stands for "no mind": the persona says only what it is told to say. */
export const NO_MIND_ID = "CUSTOMER_CLIENT_V1";

/** The most rows the server gives at once. */
const PAGE_ROWS = 100;
/** The catalogs shown in full are small; past this many rows a search is needed, not a longer list. */
const CATALOG_ROWS_MAX = 500;

interface ErrorBody {
  error?: unknown;
  message?: unknown;
  details?: unknown;
}

function issuesOf(details: unknown): Issue[] {
  if (!Array.isArray(details)) return [];
  return details.flatMap((entry: unknown) => {
    if (typeof entry !== "object" || entry === null) return [];
    const { path, message } = entry as { path?: unknown; message?: unknown };
    const joined = Array.isArray(path) ? path.join(".") : path;
    return typeof message === "string" ? [{ path: String(joined ?? ""), message }] : [];
  });
}

async function errorOf(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const text = [body.message, body.error].find((part) => typeof part === "string" && part !== "");
  return new ApiError(response.status, typeof text === "string" ? text : `HTTP ${response.status}`, issuesOf(body.details));
}

export class Api {
  private readonly catalogs = new Map<string, Promise<unknown[]>>();

  /** `onRefused` is told when the server does not accept the key (any more). */
  constructor(
    private readonly key: string,
    private readonly onRefused: () => void = () => undefined,
  ) {}

  personas(search: string, page: number, signal?: AbortSignal): Promise<Page<PersonaSummary>> {
    const query = new URLSearchParams({ page: String(page), perPage: "30" });
    if (search !== "") query.set("search", search);
    return this.call("GET", `/v1/personas?${query}`, undefined, signal);
  }

  persona(id: string, signal?: AbortSignal): Promise<Persona> {
    return this.call("GET", `/v1/personas/${encodeURIComponent(id)}`, undefined, signal);
  }

  createPersona(fields: Partial<PersonaFields>): Promise<Persona> {
    return this.call("POST", "/v1/personas", fields);
  }

  /** Sends only what is given; everything else stays as it is. */
  updatePersona(id: string, fields: Partial<PersonaFields>): Promise<Persona> {
    return this.call("PUT", `/v1/personas/${encodeURIComponent(id)}`, fields);
  }

  async deletePersona(id: string): Promise<void> {
    await this.call("DELETE", `/v1/personas/${encodeURIComponent(id)}`);
  }

  avatars(): Promise<Avatar[]> {
    return this.catalog<Avatar>("/v1/avatars");
  }

  voices(): Promise<Voice[]> {
    return this.catalog<Voice>("/v1/voices");
  }

  llms(): Promise<Llm[]> {
    return this.catalog<Llm>("/v1/llms", { includeDefaults: "true" });
  }

  async sessionToken(personaId: string, signal?: AbortSignal): Promise<string> {
    const body = { clientLabel: "visavis-lab", personaConfig: { personaId } };
    const answer = await this.call<{ sessionToken: string }>("POST", "/v1/auth/session-token", body, signal);
    return answer.sessionToken;
  }

  /** A whole catalog, fetched once per key; a failed fetch is forgotten, so that the next call tries again. */
  private catalog<T>(path: string, query: Record<string, string> = {}): Promise<T[]> {
    const known = this.catalogs.get(path);
    if (known) return known as Promise<T[]>;
    const fetched = this.everyPage<T>(path, query);
    fetched.catch(() => this.catalogs.delete(path));
    this.catalogs.set(path, fetched);
    return fetched;
  }

  private async everyPage<T>(path: string, query: Record<string, string>): Promise<T[]> {
    const rows: T[] = [];
    for (let page: number | null = 1; page !== null && rows.length < CATALOG_ROWS_MAX; ) {
      const asked = new URLSearchParams({ ...query, page: String(page), perPage: String(PAGE_ROWS) });
      const answer: Page<T> = await this.call("GET", `${path}?${asked}`);
      rows.push(...answer.data);
      page = answer.meta.next;
    }
    return rows;
  }

  private async call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.key}` };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const init: RequestInit = { method, headers, cache: "no-store" };
    if (body !== undefined) init.body = JSON.stringify(body);
    if (signal) init.signal = signal;
    const response = await fetch(path, init).catch((cause: unknown) => {
      if (signal?.aborted) throw cause;
      throw new ApiError(0, String(cause));
    });
    if (response.status === 401) this.onRefused();
    if (!response.ok) throw await errorOf(response);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }
}
