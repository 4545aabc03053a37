import { useEffect, useId, useRef, useState, type FormEvent } from "react";

import { strings } from "../../strings";
import { Button } from "../../ui/button";
import { Segmented } from "../../ui/choice";
import { Check } from "../../ui/field";
import type { Conversation } from "../../conversation/conversation";

const words = strings.composer;

type Mode = "ask" | "say";

const MODES = [
  { value: "ask", label: words.ask, testId: "mode-ask" },
  { value: "say", label: words.say, testId: "mode-say" },
] as const;

interface ComposerProps {
  conversation: Conversation;
  name: string;
  live: boolean;
}

/** One line for two purposes: words to the persona, or words for it to speak. */
export function Composer({ conversation, name, live }: ComposerProps) {
  const hintId = useId();
  const [mode, setMode] = useState<Mode>("ask");
  const [text, setText] = useState("");
  const [wordByWord, setWordByWord] = useState(false);
  const asking = mode === "ask";
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // Where there is a mouse one goes on by typing; on a phone the keyboard would cover the face.
    if (live && window.matchMedia("(pointer: fine)").matches) input.current?.focus();
  }, [live]);

  function submit(event: FormEvent) {
    event.preventDefault();
    const given = text.trim();
    if (given === "" || !live) return;
    setText("");
    if (asking) conversation.send(given);
    else void conversation.say(given, wordByWord);
  }

  return (
    <form className="composer" onSubmit={submit}>
      <div className="composer-mode">
        <Segmented label={words.mode} options={MODES} value={mode} onChange={setMode} />
        {asking ? (
          <p id={hintId}>{words.askHint}</p>
        ) : (
          <>
            <p id={hintId}>{words.sayHint}</p>
            <span title={words.streamHint}>
              <Check label={words.stream} checked={wordByWord} onChange={setWordByWord} testId="say-stream" />
            </span>
          </>
        )}
      </div>
      <div className="composer-line">
        <input
          ref={input}
          className="input"
          aria-label={asking ? words.askLabel : words.sayLabel}
          aria-describedby={hintId}
          placeholder={asking ? words.askPlaceholder(name) : words.sayPlaceholder(name)}
          value={text}
          disabled={!live}
          autoComplete="off"
          enterKeyHint="send"
          onChange={(event) => setText(event.target.value)}
          data-testid="composer-input"
        />
        <Button
          look="primary"
          type="submit"
          icon={asking ? "arrowUp" : "voice"}
          disabled={!live || text.trim() === ""}
          data-testid="composer-send"
        >
          {asking ? words.send : words.speak}
        </Button>
      </div>
    </form>
  );
}
