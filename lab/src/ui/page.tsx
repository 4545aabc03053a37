import type { ReactNode } from "react";

import { strings } from "../strings";
import { Button } from "./button";
import { Icon } from "./icon";

interface PageHeadProps {
  title: string;
  lead?: ReactNode;
  /** Where this page hangs. */
  back?: { href: string; label: string };
  children?: ReactNode;
}

/** A page's name, what it is for, and what can be done on it. */
export function PageHead({ title, lead, back, children }: PageHeadProps) {
  return (
    <header className="page-head">
      <div className="page-title">
        {back && (
          <a className="page-back" href={back.href}>
            <Icon name="arrowLeft" size={18} />
            {back.label}
          </a>
        )}
        <h1>{title}</h1>
        {lead && <div className="page-lead">{lead}</div>}
      </div>
      {children && <div className="page-actions">{children}</div>}
    </header>
  );
}

interface SectionProps {
  title: string;
  lead?: string;
  aside?: ReactNode;
  children: ReactNode;
  testId?: string;
}

export function PageSection({ title, lead, aside, children, testId }: SectionProps) {
  return (
    <section className="section" aria-label={title} data-testid={testId}>
      <header className="section-head">
        <h2>{title}</h2>
        {aside}
        {lead && <p>{lead}</p>}
      </header>
      {children}
    </section>
  );
}

interface SearchBoxProps {
  label: string;
  value: string;
  onChange: (words: string) => void;
  testId?: string;
}

export function SearchBox({ label, value, onChange, testId }: SearchBoxProps) {
  return (
    <label className="searchbox">
      <span className="visually-hidden">{label}</span>
      <Icon name="search" size={18} />
      <input
        className="input"
        type="search"
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        data-testid={testId}
      />
    </label>
  );
}

export type Tone = "plain" | "good" | "warn" | "bad";

export function Badge({ tone = "plain", dot = false, children }: { tone?: Tone; dot?: boolean; children: ReactNode }) {
  return <span className={`badge badge-${tone} ${dot ? "badge-dot" : ""}`}>{children}</span>;
}

export interface Fact {
  name: string;
  value: string;
  note?: string | undefined;
}

export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts.map(({ name, value, note }) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd>{value}</dd>
          {note && <dd className="fact-note">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}

export function Pager({ page, lastPage, onGo }: { page: number; lastPage: number; onGo: (page: number) => void }) {
  if (lastPage <= 1) return null;
  return (
    <nav className="pager" aria-label={strings.pager.label}>
      <Button icon="arrowLeft" disabled={page <= 1} onClick={() => onGo(page - 1)}>
        {strings.pager.previous}
      </Button>
      <span>{strings.pager.where(page, lastPage)}</span>
      <Button disabled={page >= lastPage} onClick={() => onGo(page + 1)}>
        {strings.pager.next}
      </Button>
    </nav>
  );
}
