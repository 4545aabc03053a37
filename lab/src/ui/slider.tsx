import { useId } from "react";

interface SliderProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** null is the default, whatever that is on the server. */
  value: number | null;
  byDefault: number;
  min: number;
  max: number;
  step: number;
  /** The value in plain words. */
  say: (value: number) => string;
  resetLabel: string;
  resetText: string;
  defaultText: string;
  onChange: (value: number | null) => void;
  testId?: string;
}

/** A number that is felt rather than typed, with its meaning beside it and a way back to the default. */
export function Slider(props: SliderProps) {
  const { label, hint, error, value, byDefault, min, max, step, say, onChange } = props;
  const id = useId();
  const shown = value ?? byDefault;
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="slider">
      <div className="slider-head">
        <label className="field-label" htmlFor={id}>
          {label}
        </label>
        <output className="slider-value" htmlFor={id}>
          {say(shown)}
          {value === null && <span className="slider-default">{props.defaultText}</span>}
        </output>
        {value !== null && (
          <button type="button" className="slider-reset" aria-label={props.resetLabel} onClick={() => onChange(null)}>
            {props.resetText}
          </button>
        )}
      </div>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={shown}
        aria-describedby={described || undefined}
        aria-valuetext={say(shown)}
        aria-invalid={error !== undefined}
        onChange={(event) => onChange(Number(event.target.value))}
        data-testid={props.testId}
      />
      {hint && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p className="field-error" id={`${id}-error`} role="alert" data-testid="field-error">
          {error}
        </p>
      )}
    </div>
  );
}
