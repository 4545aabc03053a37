import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";

import { strings } from "../strings";
import { Button, IconButton } from "./button";
import { Icon } from "./icon";

interface Toast {
  id: number;
  text: string;
  tone: "plain" | "danger";
  action?: { label: string; run: () => void };
  /** Called when it goes without its action having been taken. */
  onGone?: () => void;
}

type Show = (toast: Omit<Toast, "id">) => void;

/** How long one may be read, and an action in it be taken. */
const SHOWN_MS = 7_000;
const TOASTS_MAX = 3;

const Context = createContext<Show>(() => undefined);

/** News at the edge of the page; what is already asked for is carried out when its toast goes. */
export function Toasts({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const open = useRef(new Map<number, () => void>());
  const count = useRef(0);

  const remove = useCallback((id: number, taken: boolean) => {
    const gone = open.current.get(id);
    open.current.delete(id);
    if (!taken) gone?.();
    setToasts((now) => now.filter((toast) => toast.id !== id));
  }, []);
  const show = useCallback<Show>(
    (toast) => {
      const id = ++count.current;
      open.current.set(id, toast.onGone ?? (() => undefined));
      setToasts((now) => {
        for (const old of now.slice(0, Math.max(0, now.length + 1 - TOASTS_MAX))) setTimeout(() => remove(old.id, false));
        return [...now, { ...toast, id }];
      });
    },
    [remove],
  );
  useEffect(() => {
    const settle = () => [...open.current.keys()].forEach((id) => remove(id, false));
    addEventListener("pagehide", settle);
    return () => removeEventListener("pagehide", settle);
  }, [remove]);

  return (
    <Context value={show}>
      {children}
      <div className="toasts" role="region" aria-label={strings.news} aria-live="polite">
        {toasts.map((toast) => (
          <Shown key={toast.id} toast={toast} onGone={(taken) => remove(toast.id, taken)} />
        ))}
      </div>
    </Context>
  );
}

function Shown({ toast, onGone }: { toast: Toast; onGone: (taken: boolean) => void }) {
  const [held, setHeld] = useState(false);
  const gone = useRef(onGone);
  gone.current = onGone;
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => gone.current(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [held]);
  return (
    <div
      className={`toast toast-${toast.tone}`}
      role={toast.tone === "danger" ? "alert" : undefined}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      data-testid="toast"
    >
      <Icon name={toast.tone === "danger" ? "warn" : "check"} size={18} />
      <p>{toast.text}</p>
      {toast.action && (
        <Button
          look="ghost"
          onClick={() => {
            toast.action?.run();
            onGone(true);
          }}
          data-testid="toast-action"
        >
          {toast.action.label}
        </Button>
      )}
      <IconButton icon="close" label={strings.dismiss} onClick={() => onGone(false)} />
    </div>
  );
}

export interface Toaster {
  say: (text: string) => void;
  complain: (text: string) => void;
  /** Shows `text` with a way back; `commit` runs when that way was not taken, `undo` when it was. */
  offerUndo: (text: string, commit: () => void, undo: () => void) => void;
}

export function useToasts(): Toaster {
  const show = useContext(Context);
  return useMemo(
    () => ({
      say: (text) => show({ text, tone: "plain" }),
      complain: (text) => show({ text, tone: "danger" }),
      offerUndo: (text, commit, undo) => show({ text, tone: "plain", action: { label: strings.undo, run: undo }, onGone: commit }),
    }),
    [show],
  );
}
