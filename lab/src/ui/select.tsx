import type { ComponentProps } from "react";

import { Icon } from "./icon";

interface SelectProps extends Omit<ComponentProps<"select">, "onChange"> {
  /** For a select without a visible label. */
  label?: string;
  onChange: (value: string) => void;
  testId?: string | undefined;
}

export function Select({ label, onChange, testId, children, ...rest }: SelectProps) {
  return (
    <span className="select">
      <select {...rest} className="input" aria-label={label} onChange={(event) => onChange(event.target.value)} data-testid={testId}>
        {children}
      </select>
      <Icon name="chevron" size={18} />
    </span>
  );
}
