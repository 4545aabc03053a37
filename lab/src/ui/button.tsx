import type { ButtonHTMLAttributes, ReactNode } from "react";

import { Icon, type IconName } from "./icon";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: "primary" | "plain" | "ghost" | "danger";
  icon?: IconName;
  busy?: boolean;
  children?: ReactNode;
}

export function Button({ look = "plain", icon, busy = false, children, className = "", ...rest }: ButtonProps) {
  const bare = children === undefined ? "button-bare" : "";
  return (
    <button type="button" className={`button button-${look} ${bare} ${className}`} aria-busy={busy} {...rest}>
      {busy ? <Spinner /> : icon && <Icon name={icon} size={18} />}
      {children !== undefined && <span>{children}</span>}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonProps, "children" | "icon"> {
  icon: IconName;
  /** Says what the button does, to screen readers and on hover. */
  label: string;
}

export function IconButton({ label, look = "ghost", ...rest }: IconButtonProps) {
  return <Button look={look} aria-label={label} title={label} {...rest} />;
}

export function Spinner() {
  return <span className="spinner" aria-hidden="true" />;
}
