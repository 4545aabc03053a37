/** Measures how long the persona takes to begin its answer, as this page sees it. */
export class ReplyClock {
  private turnEndedAt: number | null = null;
  private spokenId: string | null = null;

  /** The user's turn is over: a message was sent, or the voice fell silent. `now` is in milliseconds. */
  turnEnded(now: number): void {
    this.turnEndedAt = now;
  }

  /** Words of message `id` arrived. The wait in milliseconds if they begin the answer, else null. */
  words(id: string, now: number): number | null {
    const begins = id !== this.spokenId;
    this.spokenId = id;
    if (!begins || this.turnEndedAt === null) return null;
    const waited = now - this.turnEndedAt;
    this.turnEndedAt = null;
    return waited;
  }
}
