import type { Http } from "./http";

export interface Group {
  id: string;
  name: string;
  description: string | null;
  documentCount: number;
  createdAt: string;
}

export interface KnowledgeDocument {
  id: string;
  filename: string;
  fileType: string;
  fileSize: number;
  status: string;
  errorMessage: string | null;
  createdAt: string;
}

export interface Passage {
  documentId: string;
  filename: string;
  content: string;
  score: number;
  chunkIndex: number;
  metadata: Record<string, unknown>;
}

export interface GroupFields {
  name: string;
  description: string | null;
}

const GROUPS = "/v1/knowledge/groups";
const DOCUMENTS = "/v1/knowledge/documents";

/** Lists are bare arrays here, as the contract has them. */
export class Knowledge {
  constructor(private readonly http: Http) {}

  groups(signal?: AbortSignal): Promise<Group[]> {
    return this.http.get(GROUPS, signal);
  }

  group(id: string, signal?: AbortSignal): Promise<Group> {
    return this.http.get(this.of(id), signal);
  }

  createGroup(fields: GroupFields): Promise<Group> {
    return this.http.post(GROUPS, fields);
  }

  updateGroup(id: string, fields: GroupFields): Promise<Group> {
    return this.http.put(this.of(id), fields);
  }

  deleteGroup(id: string): Promise<void> {
    return this.http.delete(this.of(id));
  }

  documents(groupId: string, signal?: AbortSignal): Promise<KnowledgeDocument[]> {
    return this.http.get(this.of(groupId, "/documents"), signal);
  }

  upload(groupId: string, file: File, onProgress: (share: number) => void, signal: AbortSignal): Promise<KnowledgeDocument> {
    const form = new FormData();
    form.set("file", file);
    return this.http.upload(this.of(groupId, "/documents"), form, onProgress, signal);
  }

  write(groupId: string, filename: string, content: string): Promise<KnowledgeDocument> {
    return this.http.post(this.of(groupId, "/documents"), { filename, content });
  }

  deleteDocument(id: string): Promise<void> {
    return this.http.delete(`${DOCUMENTS}/${encodeURIComponent(id)}`);
  }

  async downloadUrl(id: string): Promise<string> {
    return (await this.http.get<{ downloadUrl: string }>(`${DOCUMENTS}/${encodeURIComponent(id)}/download`)).downloadUrl;
  }

  search(groupId: string, query: string, signal?: AbortSignal): Promise<Passage[]> {
    return this.http.post(this.of(groupId, "/search"), { query, limit: 8 }, signal);
  }

  private of(id: string, part = ""): string {
    return `${GROUPS}/${encodeURIComponent(id)}${part}`;
  }
}
