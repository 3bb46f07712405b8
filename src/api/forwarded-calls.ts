import type { Caller } from '../identity/index.js';
import { standingOf } from './standing.js';

/** A call that a member makes for another caller, while it is under way. */
interface ForwardedCall {
  readonly behalf: string;
  /** Standing of the caller when the call began. */
  readonly standing: string;
  readonly end: () => void;
}

/**
 * Calls under way that members make for others. The connection of a user ends when its rights change; these calls go over
 * connections of members, which stay, so each is ended by itself.
 */
export class ForwardedCalls {
  readonly #open = new Set<ForwardedCall>();

  /** Adds a call. Returns the function that forgets it. */
  add(behalf: string, caller: Caller, end: () => void): () => void {
    const call = { behalf, standing: standingOf(caller), end };
    this.#open.add(call);
    return () => void this.#open.delete(call);
  }

  /** Ends the calls whose caller is gone, or has other rights. */
  recheck(named: (behalf: string) => Caller): void {
    for (const call of [...this.#open])
      if (standingOf(named(call.behalf)) !== call.standing) {
        this.#open.delete(call);
        call.end();
      }
  }
}
