import { strings } from "../../strings";
import { Button, IconButton } from "../../ui/button";
import { FieldError } from "../../ui/field";
import type { ConfigFieldsProps } from "./config-fields";
import { isKept, type Header } from "./tool-draft";

const words = strings.tools.form;

/** Names and values; a stored value is not shown, and stays unless another is typed. */
export function HeaderFields({ draft, complaints, onChange }: Omit<ConfigFieldsProps, "api">) {
  const set = (index: number, part: Partial<Header>) =>
    onChange({ headers: draft.headers.map((header, at) => (at === index ? { ...header, ...part } : header)) });
  return (
    <fieldset className="field">
      <legend className="field-label">{words.headers}</legend>
      {draft.headers.map((header, index) => (
        <div key={index} className="header-row">
          <input
            className="input mono"
            aria-label={words.headerName}
            placeholder="Authorization"
            autoComplete="off"
            value={header.name}
            onChange={(event) => set(index, { name: event.target.value })}
          />
          <input
            className="input mono"
            type="password"
            aria-label={words.headerValue}
            placeholder={isKept(header.value) ? words.headerKept : words.headerValue}
            autoComplete="new-password"
            value={isKept(header.value) ? "" : header.value}
            onChange={(event) => set(index, { value: event.target.value })}
          />
          <IconButton
            icon="close"
            label={words.removeHeader}
            onClick={() => onChange({ headers: draft.headers.filter((_, at) => at !== index) })}
          />
        </div>
      ))}
      <div>
        <Button icon="plus" onClick={() => onChange({ headers: [...draft.headers, { name: "", value: "" }] })}>
          {words.addHeader}
        </Button>
      </div>
      <p className="field-hint">{words.headersHint}</p>
      <FieldError error={complaints.of("headers")} />
    </fieldset>
  );
}
