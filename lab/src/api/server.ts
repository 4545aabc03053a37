import type { Http, Page } from "./http";

export interface ServerInfo {
  version: string;
  limits: Record<string, number>;
  features: Record<string, boolean>;
}

export interface Finding {
  mark: "ok" | "fallback" | "broken";
  part: string;
  text: string;
}

export interface Readiness {
  ready: boolean;
  parts: Record<string, { ok: boolean; detail: string; fellBack: boolean }>;
}

export interface Provider {
  kind: string;
  name: string;
  label: string;
  needsKey: boolean;
  usable: boolean;
  /** What to install; "" for one that can work. */
  missing: string;
}

export interface Key {
  id: string;
  label: string;
  prefix: string;
  source: string;
  permissions: string[];
  isThis: boolean;
  createdAt: string;
  revokedAt: string | null;
}

export interface ProviderSecret {
  id: string;
  provider: string;
  updatedAt: string;
}

const ROWS = "perPage=100";

/** The server itself, the keys to it, and its keys to others. */
export class Server {
  constructor(private readonly http: Http) {}

  info(signal?: AbortSignal): Promise<ServerInfo> {
    return this.http.get("/v1/server", signal);
  }

  async health(signal?: AbortSignal): Promise<Finding[]> {
    return (await this.http.get<{ findings: Finding[] }>("/v1/server/health", signal)).findings;
  }

  readiness(signal?: AbortSignal): Promise<Readiness> {
    return this.http.get("/readyz", signal);
  }

  async providers(signal?: AbortSignal): Promise<Provider[]> {
    return (await this.http.get<{ providers: Provider[] }>("/v1/server/providers", signal)).providers;
  }

  /** A bare array, newest first. */
  keys(signal?: AbortSignal): Promise<Key[]> {
    return this.http.get("/v1/keys", signal);
  }

  createKey(label: string, permissions: readonly string[]): Promise<Key & { key: string }> {
    return this.http.post("/v1/keys", { label, permissions });
  }

  revokeKey(id: string): Promise<void> {
    return this.http.delete(`/v1/keys/${encodeURIComponent(id)}`);
  }

  async secrets(signal?: AbortSignal): Promise<ProviderSecret[]> {
    return (await this.http.get<Page<ProviderSecret>>(`/v1/provider-secrets?${ROWS}`, signal)).data;
  }

  keepSecret(provider: string, secret: string): Promise<ProviderSecret> {
    return this.http.post("/v1/provider-secrets", { provider, secret });
  }

  deleteSecret(id: string): Promise<void> {
    return this.http.delete(`/v1/provider-secrets/${encodeURIComponent(id)}`);
  }
}
