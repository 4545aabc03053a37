import { useCallback, useEffect, useId, useRef, useState, type FormEvent } from "react";
import { AnamEvent, createClient, type AnamClient } from "@anam-ai/js-sdk";

import { NO_MIND_ID, type Api, type Avatar } from "../../api";
import { strings } from "../../strings";
import { Button, Spinner } from "../../ui/button";
import { Field } from "../../ui/field";
import { Living } from "../../ui/living";
import { Notice } from "../../ui/notice";
import { Select } from "../../ui/select";
import { useLoad } from "../../ui/use-load";

const words = strings.avatars.preview;

/** Long enough to look closely, short enough to be left alone. */
const LASTS_S = 60;

type Phase = "idle" | "starting" | "talking" | "over";

/** One short conversation through the official client, with a persona that exists for it alone. */
function useTrial(api: Api, avatar: Avatar, videoId: string) {
  const client = useRef<AnamClient | null>(null);
  const attempt = useRef(0);
  const [phase, setPhase] = useState<Phase>("idle");
  const [problem, setProblem] = useState<string | null>(null);

  const stop = useCallback((why: string | null = null) => {
    attempt.current += 1;
    const running = client.current;
    client.current = null;
    setProblem(why);
    setPhase((now) => (now === "idle" ? now : "over"));
    void running?.stopStreaming();
  }, []);
  useEffect(() => () => stop(), [stop]);

  const start = useCallback(
    async (voiceId: string, greeting: string) => {
      const mine = ++attempt.current;
      setPhase("starting");
      setProblem(null);
      try {
        const token = await api.sessions.token({
          name: avatar.displayName,
          avatarId: avatar.id,
          voiceId,
          llmId: NO_MIND_ID,
          systemPrompt: words.prompt,
          initialMessage: greeting,
          maxSessionLengthSeconds: LASTS_S,
        });
        if (mine !== attempt.current) return;
        const made = createClient(token, { api: { baseUrl: location.origin }, disableInputAudio: true });
        client.current = made;
        made.addListener(AnamEvent.VIDEO_PLAY_STARTED, () => client.current === made && setPhase("talking"));
        made.addListener(AnamEvent.CONNECTION_CLOSED, () => client.current === made && stop(words.ended));
        await made.streamToVideoElement(videoId);
        if (client.current !== made) await made.stopStreaming();
      } catch (error) {
        if (mine === attempt.current) stop(error instanceof Error ? error.message : String(error));
      }
    },
    [api, avatar, videoId, stop],
  );
  const say = useCallback((text: string) => void client.current?.talk(text).catch((error: Error) => setProblem(error.message)), []);
  return { phase, problem, start, stop, say };
}

export function Preview({ api, avatar, atOnce }: { api: Api; avatar: Avatar; atOnce: boolean }) {
  const videoId = useId();
  const trial = useTrial(api, avatar, videoId);
  const [voices] = useLoad(useCallback(() => api.voices.all(), [api]));
  const [chosen, setChosen] = useState("");
  const [text, setText] = useState<string>(words.greeting);
  const known = voices.state === "done" ? voices.value : [];
  const voiceId = chosen || (known[0]?.id ?? "");
  const begun = useRef(false);
  const { start, phase } = trial;
  useEffect(() => {
    if (!atOnce || begun.current || voiceId === "") return;
    begun.current = true;
    void start(voiceId, words.greeting);
  }, [atOnce, voiceId, start]);

  const running = phase === "starting" || phase === "talking";
  function submit(event: FormEvent) {
    event.preventDefault();
    if (phase === "talking") trial.say(text);
    else void start(voiceId, text);
  }
  return (
    <div className="trial" data-testid="avatar-trial" data-phase={phase}>
      <div className="trial-stage">
        <Living still={avatar.imageUrl} loop={avatar.idleVideoUrl} className="trial-still" />
        <video id={videoId} className={phase === "talking" ? "trial-video" : "trial-video trial-hidden"} autoPlay playsInline aria-label={words.video(avatar.displayName)} />
        {phase === "starting" && (
          <p className="trial-wait" role="status">
            <Spinner />
            {words.starting}
          </p>
        )}
      </div>
      <form className="trial-side" onSubmit={submit}>
        <div>
          <h2>{words.title}</h2>
          <p className="muted">{words.lead}</p>
        </div>
        {trial.problem && <Notice tone={phase === "over" && trial.problem === words.ended ? "info" : "danger"}>{trial.problem}</Notice>}
        <Field label={words.voice}>
          {(control) => (
            <Select {...control} value={voiceId} onChange={setChosen} disabled={running} testId="trial-voice">
              {known.map((voice) => (
                <option key={voice.id} value={voice.id}>
                  {voice.displayName}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={words.words}>
          {(control) => (
            <textarea
              {...control}
              className="input"
              rows={3}
              maxLength={500}
              placeholder={words.placeholder}
              value={text}
              onChange={(event) => setText(event.target.value)}
              data-testid="trial-words"
            />
          )}
        </Field>
        <div className="trial-actions">
          <Button look="primary" icon="play" type="submit" disabled={phase === "starting" || voiceId === "" || text.trim() === ""} data-testid="trial-start">
            {phase === "talking" ? words.say : phase === "over" ? words.again : words.start}
          </Button>
          {running && (
            <Button icon="stop" onClick={() => trial.stop()} data-testid="trial-stop">
              {words.stop}
            </Button>
          )}
        </div>
      </form>
    </div>
  );
}
