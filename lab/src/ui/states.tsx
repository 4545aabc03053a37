import type { ReactNode } from "react";

import { ApiError } from "../api";
import { strings } from "../strings";
import { Button, Spinner } from "./button";
import { Icon, type IconName } from "./icon";
import type { Loaded } from "./use-load";

export function Waiting() {
  return (
    <div className="state" role="status" aria-label={strings.loading}>
      <Spinner />
    </div>
  );
}

/** Something went wrong with a whole page. */
export function Problem({ title, text, children }: { title: string; text?: string; children?: ReactNode }) {
  return (
    <div className="state" role="alert" data-testid="problem">
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {children}
    </div>
  );
}

interface EmptyProps {
  icon: IconName;
  title: string;
  children: ReactNode;
  /** The first thing to do. */
  action?: ReactNode;
  testId?: string;
}

/** What an empty page teaches. */
export function Empty({ icon, title, children, action, testId = "empty" }: EmptyProps) {
  return (
    <div className="empty" data-testid={testId}>
      <span className="empty-icon">
        <Icon name={icon} size={24} />
      </span>
      <h2>{title}</h2>
      <div className="empty-text">{children}</div>
      {action && <div className="empty-action">{action}</div>}
    </div>
  );
}

/** Waits for a value, says in the server's words why there is none, or shows it. */
export function Shown<T>({ loaded, onRetry, children }: { loaded: Loaded<T>; onRetry: () => void; children: (value: T) => ReactNode }) {
  if (loaded.state === "loading") return <Waiting />;
  if (loaded.state === "done") return children(loaded.value);
  const missing = loaded.error instanceof ApiError && loaded.error.status === 404;
  return (
    <Problem title={missing ? strings.notFound : strings.loadFailed} text={loaded.error.message}>
      {!missing && <Button onClick={onRetry}>{strings.retry}</Button>}
    </Problem>
  );
}
