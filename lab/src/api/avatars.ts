import { Catalog } from "./catalog";
import type { Http } from "./http";

export interface Avatar {
  id: string;
  displayName: string;
  variantName: string;
  imageUrl: string;
  portraitImageUrl: string | null;
  videoUrl: string | null;
  idleVideoUrl: string | null;
  createdAt: string;
  /** null for built-in ones. */
  createdByOrganizationId: string | null;
  renderStyle: string;
  availableVersions: string[];
  activeVersion: string | null;
}

/** `warnings` says what could be better about the photo. */
export interface NewAvatar extends Avatar {
  warnings: string[];
}

export class Avatars extends Catalog<Avatar> {
  constructor(http: Http) {
    super(http, "/v1/avatars");
  }

  create(name: string, photo: Blob, onProgress: (share: number) => void, signal?: AbortSignal): Promise<NewAvatar> {
    const form = new FormData();
    form.set("displayName", name);
    form.set("imageFile", photo, "photo.jpg");
    return this.changed(this.http.upload(this.path, form, onProgress, signal));
  }

  rename(id: string, displayName: string): Promise<Avatar> {
    return this.changed(this.http.put(this.of(id), { displayName }));
  }
}
