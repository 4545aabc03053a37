import type { SectionProps } from "../../sections";
import { GroupList } from "./group-list";
import { GroupPage } from "./group-page";
import "./knowledge.css";

export default function KnowledgeSection({ api, place }: SectionProps) {
  const [id] = place.path;
  return id === undefined ? <GroupList api={api} /> : <GroupPage key={id} api={api} id={id} />;
}
