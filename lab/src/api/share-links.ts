import { pathOf, type Http, type Page } from "./http";

export type LinkType = "LINK" | "PLAYER_EMBED" | "ORB_EMBED";

export interface ShareLink {
  id: string;
  token: string;
  type: LinkType;
  url: string;
  name: string;
  expiresAt: string | null;
  usageLimit: number | null;
  usageCount: number;
  allowedOrigins: string[];
  allowAllOrigins: boolean;
  enabled: boolean;
  createdAt: string;
}

export interface ShareLinkFields {
  personaId: string;
  type: LinkType;
  expiresInHours: number | null;
  usageLimit: number | null;
  allowedOrigins: string[];
  allowAllOrigins: boolean;
  enabled: boolean;
}

const PATH = "/v1/share-links";
const ROWS = 50;

export class ShareLinks {
  constructor(private readonly http: Http) {}

  /** The newest ones of a persona. */
  async of(personaId: string, signal?: AbortSignal): Promise<ShareLink[]> {
    return (await this.http.get<Page<ShareLink>>(pathOf(PATH, { personaId, perPage: ROWS }), signal)).data;
  }

  create(fields: Partial<ShareLinkFields>): Promise<ShareLink> {
    return this.http.post(PATH, fields);
  }

  update(id: string, fields: Partial<ShareLinkFields>): Promise<ShareLink> {
    return this.http.put(`${PATH}/${id}`, fields);
  }

  delete(id: string): Promise<void> {
    return this.http.delete(`${PATH}/${id}`);
  }
}
