import type { ComponentProps } from "react";

import { Icon } from "./icon";

interface SelectProps extends Omit<ComponentProps<"select">, "onChange"> {
  /** For a select without a visible label. */
  label?: string;
  onChange: (value: string) => void;
  /** Looks like a link rather than a field. */
  quiet?: boolean;
  testId?: string | undefined;
}

export function Select({ label, onChange, quiet = false, testId, children, ...rest }: SelectProps) {
  return (
    <span className={quiet ? "select select-quiet" : "select"}>
      <select {...rest} className="input" aria-label={label} onChange={(event) => onChange(event.target.value)} data-testid={testId}>
        {children}
      </select>
      <Icon name="chevron" size={18} />
    </span>
  );
}
