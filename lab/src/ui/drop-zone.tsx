import { useId, useState, type DragEvent } from "react";

import { Icon } from "./icon";

interface DropZoneProps {
  accept: string;
  label: string;
  hint: string;
  many?: boolean;
  onFiles: (files: readonly File[]) => void;
  testId?: string;
}

/** A place to drop files on, which is also the label of a file field. */
export function DropZone({ accept, label, hint, many = false, onFiles, testId }: DropZoneProps) {
  const id = useId();
  const [over, setOver] = useState(false);
  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const files = [...event.dataTransfer.files];
    onFiles(many ? files : files.slice(0, 1));
  }
  return (
    <label
      className={over ? "drop drop-over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <input
        className="visually-hidden"
        type="file"
        accept={accept}
        multiple={many}
        aria-describedby={id}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = ""; // so that the same file can be chosen again
        }}
        data-testid={testId}
      />
      <Icon name="upload" size={22} />
      <b>{label}</b>
      <span id={id}>{hint}</span>
    </label>
  );
}
