import { useCallback, useId, useState, type FormEvent, type ReactNode } from "react";

import { ApiError } from "../api";
import { strings } from "../strings";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Notice } from "./notice";

export interface Complaints {
  busy: boolean;
  /** The server's words about one field. */
  of: (field: string) => string | undefined;
  /** What belongs to no field. */
  rest: readonly string[];
  /** Runs `work` and sorts what the server says against it. */
  during: (work: () => Promise<void>) => Promise<void>;
}

/** What is wrong with a form, by the fields that it has; a complaint about `urls.0.url` goes to `urls`. */
export function useComplaints(fields: readonly string[]): Complaints {
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState<Readonly<Record<string, string>>>({});
  const [rest, setRest] = useState<readonly string[]>([]);
  async function during(work: () => Promise<void>) {
    setBusy(true);
    setFound({});
    setRest([]);
    try {
      await work();
    } catch (error) {
      const issues = error instanceof ApiError ? error.issues : [];
      const sorted: Record<string, string> = {};
      const others: string[] = [];
      for (const issue of issues) {
        const field = fields.find((name) => issue.path.split(".").includes(name));
        if (field) sorted[field] ??= issue.message;
        else others.push(issue.path ? `${issue.path}: ${issue.message}` : issue.message);
      }
      if (issues.length === 0) others.push(error instanceof Error ? error.message : String(error));
      setFound(sorted);
      setRest(others);
    }
    setBusy(false);
  }
  return { busy, of: useCallback((field: string) => found[field], [found]), rest, during };
}

interface FormDialogProps {
  title: string;
  complaints: Complaints;
  ready: boolean;
  wide?: boolean;
  saveLabel?: string;
  onClose: () => void;
  onSubmit: (event: FormEvent) => void;
  children: ReactNode;
  testId?: string;
}

export function FormDialog({ title, complaints, ready, wide = false, saveLabel, onClose, onSubmit, children, testId }: FormDialogProps) {
  const id = useId();
  const footer = (
    <>
      <Button onClick={onClose}>{strings.cancel}</Button>
      <Button look="primary" type="submit" form={id} busy={complaints.busy} disabled={!ready || complaints.busy} data-testid="form-save">
        {complaints.busy ? strings.saving : (saveLabel ?? strings.save)}
      </Button>
    </>
  );
  return (
    <Dialog title={title} wide={wide} onClose={onClose} footer={footer} {...(testId && { testId })}>
      <form id={id} className="form" onSubmit={onSubmit} noValidate>
        {complaints.rest.length > 0 && (
          <Notice tone="danger" testId="form-problem">
            {complaints.rest.join(" ")}
          </Notice>
        )}
        {children}
      </form>
    </Dialog>
  );
}
