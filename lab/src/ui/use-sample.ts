import { useEffect, useRef, useState } from "react";

interface Sample {
  /** The URL that is heard now. */
  playing: string | null;
  failed: boolean;
  toggle: (url: string) => void;
}

/** One sample at a time; it falls silent when the form closes. */
export function useSample(): Sample {
  const audio = useRef<HTMLAudioElement | null>(null);
  const [playing, setPlaying] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);

  function stop() {
    audio.current?.pause();
    audio.current = null;
    setPlaying(null);
  }
  useEffect(() => () => audio.current?.pause(), []);

  function toggle(url: string) {
    const wasPlaying = playing === url;
    stop();
    setFailed(false);
    if (wasPlaying) return;
    const started = new Audio(url);
    audio.current = started;
    setPlaying(url);
    started.onended = () => audio.current === started && stop();
    started.play().catch(() => {
      if (audio.current !== started) return;
      stop();
      setFailed(true);
    });
  }
  return { playing, failed, toggle };
}
