import { Suspense, useEffect, useMemo, useRef, useState } from "react";

import { maskKey } from "./key";
import { href, SECTIONS, usePlace, type Place, type Section } from "./route";
import { VIEWS, type SectionProps } from "./sections";
import { strings } from "./strings";
import { Button, IconButton } from "./ui/button";
import { Drawer } from "./ui/drawer";
import { Icon, Mark } from "./ui/icon";
import { Problem, Waiting } from "./ui/states";
import { Toasts } from "./ui/toast";
import { Guarded } from "./ui/guarded";
import "./frame.css";

const words = strings.frame;

/** What fits into a phone's bar; the rest is behind the last button. */
const IN_BAR: readonly Section[] = ["personas", "avatars", "knowledge", "sessions"];

/** Navigation at the side, on a phone at the bottom, and the page it leads to. */
export function Frame(props: Omit<SectionProps, "place">) {
  const place = usePlace();
  const main = useRef<HTMLElement>(null);
  const View = useMemo(() => VIEWS[place.section].view(), [place.section]);
  // A conversation wants the whole of a small screen.
  const deep = place.section === "personas" && place.path.length > 0;
  useTitle(place.section);
  useEffect(() => {
    if (main.current) main.current.scrollTop = 0;
    scrollTo(0, 0);
  }, [place.section, place.path]);
  return (
    <Toasts>
      <div className={deep ? "frame frame-deep" : "frame"}>
        <button type="button" className="skip" onClick={() => main.current?.focus()}>
          {words.skip}
        </button>
        <Sidebar {...props} current={place.section} />
        <main className="frame-main" ref={main} tabIndex={-1}>
          <Guarded key={place.section} fallback={<Broken />}>
            <Suspense fallback={<Waiting />}>
              <View {...props} place={place} />
            </Suspense>
          </Guarded>
        </main>
        <Bar {...props} place={place} />
      </div>
    </Toasts>
  );
}

function useTitle(section: Section): void {
  useEffect(() => {
    document.title = `${words.sections[section]} · ${strings.product} ${strings.lab}`;
  }, [section]);
}

interface SidebarProps {
  apiKey: string;
  onSignOut: () => void;
  current: Section;
}

function Sidebar({ apiKey, onSignOut, current }: SidebarProps) {
  return (
    <aside className="side">
      <p className="brand side-brand">
        <Mark size={26} />
        <span>{strings.product}</span>
        <span className="brand-lab">{strings.lab}</span>
      </p>
      <nav className="side-nav" aria-label={words.navigation}>
        <Links current={current} />
      </nav>
      <SideFoot apiKey={apiKey} onSignOut={onSignOut} />
    </aside>
  );
}

function Links({ current, only = SECTIONS }: { current: Section; only?: readonly Section[] }) {
  return (
    <ul>
      {only.map((section) => (
        <li key={section}>
          <a
            className="side-link"
            href={href(section)}
            aria-current={section === current ? "page" : undefined}
            title={words.sections[section]}
            onPointerEnter={() => void VIEWS[section].load().catch(() => undefined)}
            data-testid={`nav-${section}`}
          >
            <Icon name={VIEWS[section].icon} />
            <span>{words.sections[section]}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function SideFoot({ apiKey, onSignOut }: Omit<SidebarProps, "current">) {
  return (
    <footer className="side-foot">
      <a className="side-link" href="/docs" target="_blank" rel="noreferrer" title={words.api}>
        <Icon name="book" />
        <span>{words.api}</span>
      </a>
      <p className="side-key">
        <Icon name="key" size={18} />
        <span className="side-key-text">
          <span className="visually-hidden">{strings.key.inUse} </span>
          {maskKey(apiKey)}
        </span>
        <IconButton icon="signOut" label={strings.key.signOut} onClick={onSignOut} data-testid="sign-out" />
      </p>
    </footer>
  );
}

function Bar({ apiKey, onSignOut, place }: Omit<SidebarProps, "current"> & { place: Place }) {
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [place]);
  return (
    <nav className="bar" aria-label={words.navigation}>
      <Links current={place.section} only={IN_BAR} />
      <button type="button" className="side-link" aria-expanded={open} onClick={() => setOpen(true)} data-testid="nav-more">
        <Icon name="more" />
        <span>{words.more}</span>
      </button>
      {open && (
        <Drawer title={words.menu} onClose={() => setOpen(false)}>
          <Links current={place.section} />
          <SideFoot apiKey={apiKey} onSignOut={onSignOut} />
        </Drawer>
      )}
    </nav>
  );
}

function Broken() {
  return (
    <Problem title={words.failed} text={words.failedHint}>
      <Button onClick={() => location.reload()}>{words.reload}</Button>
    </Problem>
  );
}
