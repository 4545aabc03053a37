import type { ReactNode } from "react";

import { strings } from "../strings";
import { IconButton } from "./button";
import { Icon } from "./icon";

interface NoticeProps {
  tone: "danger" | "warn" | "info";
  children: ReactNode;
  action?: ReactNode;
  onDismiss?: () => void;
  testId?: string;
}

export function Notice({ tone, children, action, onDismiss, testId }: NoticeProps) {
  return (
    <div className={`notice notice-${tone}`} role={tone === "danger" ? "alert" : "status"} data-testid={testId}>
      <Icon name={tone === "info" ? "info" : "warn"} size={18} />
      <div className="notice-text">{children}</div>
      {action}
      {onDismiss && <IconButton icon="close" label={strings.dismiss} onClick={onDismiss} />}
    </div>
  );
}
