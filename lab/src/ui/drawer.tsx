import { useEffect, useRef, type ReactNode } from "react";

import { strings } from "../strings";
import { IconButton } from "./button";

/** A sheet that rises from the bottom, or stands at the right where there is room. */
export function Drawer({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className="drawer"
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <div className="drawer-sheet">
        <header className="drawer-head">
          <h2>{title}</h2>
          <IconButton icon="close" label={strings.close} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
