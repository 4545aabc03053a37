import type { SectionProps } from "../../sections";
import { AvatarGallery } from "./avatar-gallery";
import { AvatarPage } from "./avatar-page";
import "./avatars.css";

export default function AvatarsSection({ api, place }: SectionProps) {
  const [id] = place.path;
  return id === undefined ? <AvatarGallery api={api} /> : <AvatarPage key={id} api={api} id={id} />;
}
