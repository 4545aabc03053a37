import { useCallback, useEffect, useRef } from "react";

import type { Api } from "../../api";
import type { SessionDetail, Transcript } from "../../api/sessions";
import { strings } from "../../strings";
import { Icon } from "../../ui/icon";
import { Spinner } from "../../ui/button";
import { useLoad } from "../../ui/use-load";
import { spanOf } from "./lines";

const words = strings.sessions;

interface FilmProps {
  api: Api;
  session: SessionDetail;
  transcript: Transcript | Error;
  seek: { toMs: number } | null;
  onTime: (atMs: number | null) => void;
}

/** The recording with its captions, or the server's reason why there is none. */
export function Film({ api, session, transcript, seek, onTime }: FilmProps) {
  const { id, status } = session;
  const video = useRef<HTMLVideoElement>(null);
  // The status says when to look again: the film comes when the session has ended.
  const [film] = useLoad(useCallback((signal: AbortSignal) => api.sessions.recording(id, signal), [api, id, status]));
  const url = film.state === "done" ? film.value : null;

  useEffect(() => {
    if (!video.current || !url || transcript instanceof Error) return;
    caption(video.current, transcript);
  }, [url, transcript]);
  useEffect(() => {
    if (!seek || !video.current) return;
    video.current.currentTime = seek.toMs / 1000;
    void video.current.play().catch(() => undefined);
  }, [seek]);

  if (!url) {
    return (
      <div className="film film-none" data-testid="film-none">
        {film.state === "loading" ? <Spinner /> : <Icon name="play" size={26} />}
        <p>{film.state === "failed" ? film.error.message : words.recordingWaits}</p>
      </div>
    );
  }
  return (
    <figure className="film">
      <video
        ref={video}
        src={url}
        controls
        playsInline
        preload="metadata"
        aria-label={words.recording}
        onTimeUpdate={(event) => onTime(event.currentTarget.currentTime * 1000)}
        data-testid="film"
      />
    </figure>
  );
}

/** Cues made here: a file of captions would need the key, which a <track> cannot send. */
function caption(video: HTMLVideoElement, transcript: Transcript): void {
  const track = video.textTracks[0] ?? video.addTextTrack("captions", words.transcript, "en");
  for (const cue of [...(track.cues ?? [])]) track.removeCue(cue);
  for (const said of transcript.messages) {
    const span = spanOf(transcript, said);
    if (span) track.addCue(new VTTCue(span.fromMs / 1000, span.toMs / 1000, said.message));
  }
  track.mode = "showing";
}
