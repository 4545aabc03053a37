/** Measures how long the persona takes to begin its answer, as this page sees it. */
export class ReplyClock {
  private turn: { endedAtMs: number; id: string | undefined } | null = null;
  private spokenId: string | null = null;

  /** The user's turn is over: a message was sent, or the voice fell silent. Only spoken turns have an id. */
  turnEnded(nowMs: number, turnId?: string): void {
    this.turn = { endedAtMs: nowMs, id: turnId };
  }

  /** No answer will come. */
  giveUp(): void {
    this.turn = null;
  }

  /** Words of message `id` in turn `turnId` arrived. The wait in milliseconds if they begin the answer, else null. */
  words(id: string, turnId: string | undefined, nowMs: number): number | null {
    const begins = id !== this.spokenId;
    this.spokenId = id;
    if (!begins || this.turn === null) return null;
    // What the persona says of its own accord belongs to another turn.
    if (this.turn.id !== undefined && turnId !== undefined && this.turn.id !== turnId) return null;
    const waitedMs = nowMs - this.turn.endedAtMs;
    this.turn = null;
    return waitedMs;
  }
}
