import type { SectionProps } from "../../sections";
import { SessionList } from "./session-list";
import { SessionPage } from "./session-page";
import "./sessions.css";

export default function SessionsSection({ api, place }: SectionProps) {
  const [id] = place.path;
  return id === undefined ? <SessionList api={api} query={place.query} /> : <SessionPage key={id} api={api} id={id} />;
}
