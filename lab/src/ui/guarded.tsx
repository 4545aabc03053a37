import { Component, type ReactNode } from "react";

interface GuardedProps {
  fallback: ReactNode;
  children: ReactNode;
}

/** Shows `fallback` where something inside breaks: a page whose file is gone after an update, for one. */
export class Guarded extends Component<GuardedProps, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    return this.state.broken ? this.props.fallback : this.props.children;
  }
}
