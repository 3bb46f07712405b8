/** Signs of life: an engine may answer pings and yet never finish a list. */
type Sign = 'ping' | 'list';

/** Counts failures in a row, of pings and of lists apart. */
export class Health {
  readonly #limit: number;
  readonly #failures: Record<Sign, number> = { ping: 0, list: 0 };

  /** @param limit Failures in a row that make an engine unhealthy. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  succeeded(sign: Sign): void {
    this.#failures[sign] = 0;
    if (sign === 'list') this.#failures.ping = 0;
  }

  failed(sign: Sign): void {
    this.#failures[sign]++;
  }

  /** Failures in a row. */
  get failures(): number {
    return Math.max(this.#failures.ping, this.#failures.list);
  }

  /** Tells that it has failed too often. */
  get lost(): boolean {
    return this.failures >= this.#limit;
  }

  /** 100 without failures, 0 when lost. */
  get percent(): number {
    return Math.max(0, Math.floor(100 - (this.failures * 100) / this.#limit));
  }

  /** Failures beyond the limit: the refresh waits that much longer. */
  get excess(): number {
    return Math.min(1_000, Math.max(0, this.failures - this.#limit));
  }
}
