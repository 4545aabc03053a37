import { useState, type FormEvent } from "react";

import { guest as words } from "../strings/guest";
import { Icon } from "../ui/icon";

export function TextLine({ name, onSend }: { name: string; onSend: (text: string) => void }) {
  const [text, setText] = useState("");
  function submit(event: FormEvent) {
    event.preventDefault();
    if (text.trim() === "") return;
    onSend(text.trim());
    setText("");
  }
  return (
    <form className="room-line" onSubmit={submit}>
      <input
        aria-label={words.message(name)}
        placeholder={words.message(name)}
        value={text}
        autoComplete="off"
        enterKeyHint="send"
        onChange={(event) => setText(event.target.value)}
        data-testid="composer-input"
      />
      <button type="submit" className="room-send" disabled={text.trim() === ""} aria-label={words.send} data-testid="composer-send">
        <Icon name="arrowUp" />
      </button>
    </form>
  );
}
