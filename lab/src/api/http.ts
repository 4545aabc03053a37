/** Requests with the key, and errors in the server's own words. */

/** One complaint of the server about one place in the request body. */
export interface Issue {
  path: string;
  message: string;
}

export class ApiError extends Error {
  /** `status` 0 means that no answer came at all. `body` is the whole answer, for routes that say more. */
  constructor(
    readonly status: number,
    message: string,
    readonly issues: readonly Issue[] = [],
    readonly body: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export interface Page<T> {
  data: T[];
  meta: { total: number; lastPage: number; currentPage: number; next: number | null; prev: number | null };
}

/** What goes into a query; what is null, undefined or empty is left out. */
export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export function pathOf(path: string, query: Query = {}): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") asked.set(name, String(value));
  }
  return asked.size === 0 ? path : `${path}?${asked}`;
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

function errorOf(status: number, answer: unknown): ApiError {
  const body = (typeof answer === "object" && answer !== null ? answer : {}) as Record<string, unknown>;
  const text = [body.message, body.error].find((part) => typeof part === "string" && part !== "");
  return new ApiError(status, typeof text === "string" ? text : `HTTP ${status}`, issuesOf(body.details), body);
}

export class Http {
  /** `onRefused` is told when the server does not accept the key (any more). */
  constructor(
    private readonly key: string,
    private readonly onRefused: () => void,
  ) {}

  get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.json("GET", path, undefined, signal);
  }

  post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
    return this.json("POST", path, body, signal);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.json("PUT", path, body);
  }

  async delete(path: string): Promise<void> {
    await this.json("DELETE", path);
  }

  /** The answer as it is: a film, captions, a file. */
  async raw(path: string, accept: string, signal?: AbortSignal): Promise<Response> {
    return this.send("GET", path, { Accept: accept }, undefined, signal);
  }

  /** Send a form; `onProgress` is told the share that has left this machine, 0 to 1. `fetch` cannot say that yet. */
  upload<T>(path: string, form: FormData, onProgress: (share: number) => void, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", path);
      request.setRequestHeader("Authorization", `Bearer ${this.key}`);
      request.responseType = "json";
      request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
      request.onerror = () => reject(new ApiError(0, "The server did not answer."));
      request.onabort = () => reject(new DOMException("aborted", "AbortError"));
      request.onload = () => {
        if (request.status === 401) this.onRefused();
        if (request.status >= 200 && request.status < 300) resolve(request.response as T);
        else reject(errorOf(request.status, request.response));
      };
      signal?.addEventListener("abort", () => request.abort());
      request.send(form);
    });
  }

  private async json<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const headers: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const response = await this.send(method, path, headers, sent, signal);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  private async send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    const init: RequestInit = {
      method,
      cache: "no-store",
      // What was deleted while the page is left is still deleted.
      keepalive: method === "DELETE",
      headers: { ...headers, Authorization: `Bearer ${this.key}` },
    };
    if (body !== undefined) init.body = body;
    if (signal) init.signal = signal;
    const response = await fetch(path, init).catch((cause: unknown) => {
      if (signal?.aborted) throw cause;
      throw new ApiError(0, String(cause));
    });
    if (response.status === 401) this.onRefused();
    if (!response.ok) throw errorOf(response.status, await response.json().catch(() => null));
    return response;
  }
}
