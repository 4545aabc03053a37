interface ProgressProps {
  /** 0 to 1; null while nobody knows. */
  share: number | null;
  label: string;
}

/** How far something has come, as a bar and in words. */
export function Progress({ share, label }: ProgressProps) {
  return (
    <div className="progress" role="status">
      <progress {...(share === null ? {} : { value: share })} max={1} aria-label={label} />
      <span>{label}</span>
    </div>
  );
}
