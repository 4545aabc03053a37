import type { Caption } from "../conversation/captions";
import { Picture } from "../ui/picture";

/** What is being said, with the words of this moment marked. The transcript says it to screen readers. */
export function CaptionLine({ caption, className }: { caption: Caption; className: string }) {
  return (
    <p className={className} aria-hidden="true" data-testid="captions">
      <span>
        {caption.before}
        <mark>{caption.now}</mark>
      </span>
    </p>
  );
}

interface PosterProps {
  imageUrl: string | null | undefined;
  videoUrl: string | null | undefined;
  alt: string;
  /** Somebody is there already, or about to be. */
  still: boolean;
  className: string;
}

/** A still, and where there is one and motion is welcome, a silent loop over it. */
export function Poster({ imageUrl, videoUrl, alt, still, className }: PosterProps) {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  return (
    <div className={className}>
      <Picture src={imageUrl} alt={alt} />
      {videoUrl && !still && !calm && <video src={videoUrl} muted loop autoPlay playsInline aria-hidden="true" tabIndex={-1} />}
    </div>
  );
}
