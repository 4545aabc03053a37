import { useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";

import { strings } from "../strings";
import { IconButton } from "./button";
import { Icon, type IconName } from "./icon";

export interface MenuItem {
  label: string;
  icon: IconName;
  danger?: boolean;
  testId?: string;
  run: () => void;
}

export function editItem(testId: string, run: () => void): MenuItem {
  return { label: strings.edit, icon: "pencil", testId, run };
}

export function deleteItem(testId: string, run: () => void): MenuItem {
  return { label: strings.delete, icon: "trash", danger: true, testId, run };
}

/** The rest of what can be done with one thing, behind three dots. */
export function Menu({ label, items, testId = "menu" }: { label: string; items: readonly MenuItem[]; testId?: string }) {
  const [open, setOpen] = useState(false);
  const [up, setUp] = useState(false);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    if (!open || !list.current) return;
    setUp(list.current.getBoundingClientRect().bottom > innerHeight - 8);
    list.current.querySelector<HTMLElement>("[role=menuitem]")?.focus({ preventScroll: true });
  }, [open]);
  useEffect(() => {
    if (!open) return;
    const outside = (event: PointerEvent) => !root.current?.contains(event.target as Node) && setOpen(false);
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [open]);

  function close() {
    setOpen(false);
    root.current?.querySelector<HTMLElement>("button")?.focus();
  }
  function onKey(event: KeyboardEvent) {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Tab") setOpen(false);
    else if (by !== 0) {
      event.preventDefault();
      const all = [...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
      const now = all.indexOf(document.activeElement as HTMLElement);
      all[(now + by + all.length) % all.length]?.focus();
    }
  }
  return (
    <div className={up ? "menu menu-up" : "menu"} ref={root} onKeyDown={open ? onKey : undefined}>
      <IconButton
        icon="more"
        label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => {
          setUp(false);
          setOpen(!open);
        }}
        data-testid={testId}
      />
      {open && (
        <div className="menu-list" role="menu" id={id} aria-label={label} ref={list}>
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className={item.danger ? "menu-item menu-item-danger" : "menu-item"}
              onClick={() => {
                close();
                item.run();
              }}
              data-testid={item.testId}
            >
              <Icon name={item.icon} size={18} />
              {item.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
