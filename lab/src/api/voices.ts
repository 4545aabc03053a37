import { Catalog } from "./catalog";
import type { Http } from "./http";

/** Who really speaks or thinks behind a catalog row. */
export interface ServedBy {
  provider: string;
  model: string | null;
}

export interface Voice {
  id: string;
  displayName: string;
  provider: string;
  providerVoiceId: string;
  providerModelId: string;
  sampleUrl: string | null;
  gender: string | null;
  country: string | null;
  description: string | null;
  displayTags: string[];
  isZdr: boolean;
  createdByOrganizationId: string | null;
  servedBy?: ServedBy | null;
}

/** A voice that a provider already has. */
export interface VoiceImport {
  displayName: string;
  provider: string;
  providerVoiceId: string;
  providerModelId?: string;
  gender?: string;
  country?: string;
  description?: string;
}

export class Voices extends Catalog<Voice> {
  constructor(http: Http) {
    super(http, "/v1/voices");
  }

  import(fields: VoiceImport): Promise<Voice> {
    return this.changed(this.http.post(this.path, fields));
  }

  clone(name: string, language: string, recording: File, onProgress: (share: number) => void): Promise<Voice> {
    const form = new FormData();
    form.set("name", name);
    form.set("language", language);
    form.set("audioFile", recording);
    return this.changed(this.http.upload(this.path, form, onProgress));
  }
}
