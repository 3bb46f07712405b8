import { onAbort } from '../../base/abort.js';
import type { Cancel } from '../../base/clock.js';
import { deferred } from '../../base/deferred.js';
import type { Observable } from '../../base/observable.js';

/** Tells whether this member leads. A replica is one. */
export interface LeadershipSource {
  /** Starts with the current role; completes when the member ends. */
  readonly leadership: Observable<'leader' | 'follower'>;
}

/** The times for which this member leads, one after the other. */
export class Terms {
  #current: AbortController | undefined;
  #over = false;
  #turn = deferred<void>();
  readonly #forget: Cancel;

  /** @param signal Ends the current term, and all that would come. */
  constructor(source: LeadershipSource, signal: AbortSignal) {
    const subscription = source.leadership.subscribe({
      next: (role) => (role === 'leader' ? this.#lead() : this.#lose()),
      error: () => this.#end(),
      complete: () => this.#end(),
    });
    const forget = onAbort(signal, () => this.#end());
    this.#forget = () => {
      forget();
      subscription.unsubscribe();
    };
  }

  /** Waits until this member leads. Resolves with a signal that aborts when it leads no more; at the end with nothing. */
  async next(): Promise<AbortSignal | undefined> {
    while (!this.#current && !this.#over) await this.#turn.promise;
    return this.#current?.signal;
  }

  /** Lets go of what it listens to. */
  close(): void {
    this.#forget();
    this.#end();
  }

  #lead(): void {
    if (this.#over) return;
    this.#current ??= new AbortController();
    this.#wake();
  }

  #lose(): void {
    const lost = this.#current;
    this.#current = undefined;
    lost?.abort();
  }

  #end(): void {
    this.#over = true;
    this.#lose();
    this.#wake();
  }

  #wake(): void {
    const turn = this.#turn;
    this.#turn = deferred<void>();
    turn.resolve();
  }
}
