import { useEffect, useRef, useState } from "react";

import { editing } from "../../strings/editing";
import { IconButton } from "../../ui/button";
import { FieldError } from "../../ui/field";
import { Icon } from "../../ui/icon";
import { Select } from "../../ui/select";

const words = editing.standIns;

/** As many as the server takes. */
const STAND_INS_MAX = 3;

export interface StandIn {
  id: string;
  name: string;
  detail?: string | null;
}

interface StandInsProps {
  kind: "voice" | "mind";
  /** Who there is, whoever comes first included. */
  rows: readonly StandIn[];
  first: string;
  value: readonly string[];
  error: string | undefined;
  onChange: (ids: readonly string[]) => void;
}

/** Whoever comes first takes over for nobody. */
export function without(first: string, ids: readonly string[]): readonly string[] {
  return ids.filter((id) => id !== first);
}

type Act = "up" | "down" | "remove";

/** Who takes over when the one above fails, in an order that people choose. */
export function StandIns({ kind, rows, first, value, error, onChange }: StandInsProps) {
  const list = useRef<HTMLFieldSetElement>(null);
  const [focus, setFocus] = useState<{ id: string | undefined; act: Act } | null>(null);
  const [news, setNews] = useState("");
  const nameOf = (id: string) => rows.find((row) => row.id === id)?.name ?? words.gone;
  const left = rows.filter((row) => row.id !== first && !value.includes(row.id));

  // What had the focus may have moved, or may be gone.
  useEffect(() => {
    if (focus === null) return;
    const item = list.current?.querySelector(`[data-id="${focus.id}"]`);
    const target = item?.querySelector<HTMLElement>(`[data-act="${focus.act}"]:enabled`) ?? item?.querySelector<HTMLElement>("[data-act]:enabled");
    (target ?? list.current?.querySelector("select"))?.focus();
    setFocus(null);
  }, [focus]);

  function move(index: number, by: -1 | 1) {
    const id = value[index] ?? "";
    const moved = [...without(id, value)];
    moved.splice(index + by, 0, id);
    onChange(moved);
    setFocus({ id, act: by < 0 ? "up" : "down" });
    setNews(words.moved(nameOf(id), index + by + 1, value.length));
  }

  function remove(index: number) {
    const id = value[index] ?? "";
    const others = without(id, value);
    onChange(others);
    setFocus({ id: others[Math.min(index, others.length - 1)], act: "remove" });
    setNews(words.removed(nameOf(id)));
  }

  return (
    <fieldset className="field" ref={list} data-testid={`editor-stand-ins-${kind}`}>
      <legend className="field-label">{words[kind].label}</legend>
      <p className="field-hint">{words[kind].hint}</p>
      {value.length > 0 && (
        <ol className="stand-ins">
          {value.map((id, index) => (
            <li key={id} className="stand-in" data-id={id} data-testid="editor-stand-in">
              <span className="stand-in-place" aria-hidden="true">
                {index + 1}
              </span>
              <span className="voice-text">
                <span className="voice-name">{nameOf(id)}</span>
                <span className="voice-detail">{rows.find((row) => row.id === id)?.detail}</span>
              </span>
              <span className="stand-in-acts">
                <IconButton icon="arrowUp" label={words.up(nameOf(id))} disabled={index === 0} onClick={() => move(index, -1)} data-act="up" />
                <IconButton icon="arrowDown" label={words.down(nameOf(id))} disabled={index === value.length - 1} onClick={() => move(index, 1)} data-act="down" />
                <IconButton icon="close" label={words.remove(nameOf(id))} onClick={() => remove(index)} data-act="remove" />
              </span>
            </li>
          ))}
        </ol>
      )}
      {value.length < STAND_INS_MAX && left.length > 0 && (
        <span className="stand-in-add">
          <Icon name="plus" size={18} />
          <Select label={words[kind].add} value="" onChange={(id) => onChange([...value, id])} testId={`editor-stand-in-add-${kind}`}>
            <option value="" disabled>
              {words[kind].add}
            </option>
            {left.map((row) => (
              <option key={row.id} value={row.id}>
                {row.name}
              </option>
            ))}
          </Select>
        </span>
      )}
      <FieldError error={error} />
      <span className="visually-hidden" aria-live="polite">
        {news}
      </span>
    </fieldset>
  );
}
