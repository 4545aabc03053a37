import { useEffect, useRef, type RefObject } from "react";

/** Speech at arm's length reaches about this root mean square; it fills the meter. */
const FULL_RMS = 0.12;

/**
 * Writes the loudness of `stream`, 0 to 1, into the CSS variable --level of the returned element. It bypasses React:
 * the value changes with every frame and nothing else depends on it.
 */
export function useMicLevel(stream: MediaStream | null): RefObject<HTMLButtonElement | null> {
  const ref = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!stream || stream.getAudioTracks().length === 0) return;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let handle = requestAnimationFrame(function measure() {
      analyser.getFloatTimeDomainData(samples);
      const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
      ref.current?.style.setProperty("--level", Math.min(1, rms / FULL_RMS).toFixed(2));
      handle = requestAnimationFrame(measure);
    });
    const button = ref.current;
    return () => {
      cancelAnimationFrame(handle);
      button?.style.setProperty("--level", "0");
      void context.close();
    };
  }, [stream]);
  return ref;
}
