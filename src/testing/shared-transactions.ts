import { type DecodedTransaction, decodeTransaction } from '../wire/index.js';

/**
 * Transactions of a run, decoded: read once for all members, which get the same bytes, and put the same frozen objects into
 * their stores. That they are the same is then seen at a glance.
 */
export class SharedTransactions {
  readonly #decoded = new WeakMap<Uint8Array, DecodedTransaction>();

  readonly decode = (payload: Uint8Array): DecodedTransaction => {
    let decoded = this.#decoded.get(payload);
    if (!decoded) this.#decoded.set(payload, (decoded = decodeTransaction(payload)));
    return decoded;
  };
}
