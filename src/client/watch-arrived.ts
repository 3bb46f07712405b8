import type { ObjectEvent } from '../kinds/index.js';
import type { messages } from '../wire/index.js';
import { objectIn } from './answers.js';
import type { RemoteTransaction } from './watch-messages.js';

/** A response of a watch. What is made of it is shared by all watches that get it. */
export class Arrived {
  readonly response: messages.WatchResponse;
  /** Encoded bytes; 0 where they are not known. */
  readonly bytes: number;
  #events: readonly ObjectEvent[] | undefined;
  #message: (RemoteTransaction & { readonly type: 'transaction' }) | undefined;

  constructor(response: messages.WatchResponse, bytes: number) {
    this.response = response;
    this.bytes = bytes;
  }

  /** The events of its transaction. @throws {StoreError} `INCOMPATIBLE` */
  get events(): readonly ObjectEvent[] {
    const { version = 0, events = [] } = this.response.transaction ?? {};
    return (this.#events ??= Object.freeze(events.map((event) => fromWire(event, version))));
  }

  /** Its transaction, where that is whole. @throws {StoreError} `INCOMPATIBLE` */
  get message(): RemoteTransaction & { readonly type: 'transaction' } {
    return (this.#message ??= messageOf(this.response.transaction as messages.WatchTransaction, this.events));
  }
}

/** A transaction with all of its events. */
export function messageOf({ continued: _, ...transaction }: messages.WatchTransaction, events: readonly ObjectEvent[]) {
  return Object.freeze({ type: 'transaction' as const, ...transaction, events });
}

function fromWire({ action, kind, object, old }: messages.WatchEvent, version: number): ObjectEvent {
  return Object.freeze({
    action,
    kind,
    object: objectIn(kind, object),
    ...(old && { old: objectIn(kind, old) }),
    version,
  }) as ObjectEvent;
}
