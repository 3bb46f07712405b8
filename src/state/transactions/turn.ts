/** Writers take turns: an update for as long as its callback runs, a batch for as long as its group is open. */
export class Turn {
  #taken = false;
  #handing = false;
  readonly #waiting: (() => void)[] = [];

  get free(): boolean {
    return !this.#taken;
  }

  take(): void {
    this.#taken = true;
  }

  /** Gives the turn to waiting writers, until one of them keeps it. */
  release(): void {
    this.#taken = false;
    if (this.#handing) return;
    this.#handing = true;
    try {
      while (!this.#taken) {
        const next = this.#waiting.shift();
        if (!next) return;
        next();
      }
    } finally {
      this.#handing = false;
    }
  }

  /** Calls `run` when the turn is free. Returns how to leave the line. */
  wait(run: () => void): () => void {
    this.#waiting.push(run);
    return () => {
      const at = this.#waiting.indexOf(run);
      if (at >= 0) this.#waiting.splice(at, 1);
    };
  }
}
