import { StoreError } from '../base/store-error.js';
import type { Event } from '../kinds/events.js';
import { isStored } from '../kinds/meta.js';
import { controlOf } from './control.js';
import type { TransactionRecord } from './history/history.js';
import { MemoryStore } from './store.js';
import { actionOf, markCanonical } from './transactions/actions.js';
import type { Proposer, StoreAction } from './transactions/proposer.js';
import type { Listener } from './watch/queue.js';

function refuseWrites(): never {
  throw new StoreError('NOT_SUPPORTED', 'a fork follows another store: write there');
}

const follower: Proposer = {
  proposeValue: refuseWrites,
  getVersion: () => 0,
  changesBetween: () => Promise.resolve([]),
  admit: refuseWrites,
};

function apply(store: MemoryStore, record: TransactionRecord): void {
  const { events, commit: _commit, bytes: _bytes, ...info } = record;
  const actions: StoreAction[] = events.map(actionOf);
  store.applyStoreActions(markCanonical(actions), info);
}

/** The source was restored, and skipped versions: its watches go on, and so do those of the copy. */
function follow(copy: MemoryStore, source: MemoryStore, record: TransactionRecord): void {
  const saved = source.save();
  if (saved.version === record.version) controlOf(copy).followRestore(saved, record);
  else controlOf(copy).installNow(saved);
}

/**
 * A copy that follows: same objects, same versions, same events, one whole transaction at a time, and for reading only.
 * Made at once, because it shares the structure of what it copies. `close` stops following; the copy stays readable.
 */
export function fork(store: MemoryStore): { store: MemoryStore; close(): void } {
  const copy = new MemoryStore({ proposer: follower, kindSet: store.kinds });
  controlOf(copy).installNow(store.save());
  const listener: Listener = {
    specifiers: [],
    match: 'new',
    onTransaction: (record) => {
      if (record.version <= copy.version) return;
      try {
        if (record.version === copy.version + 1) apply(copy, record);
        else follow(copy, store, record);
      } catch {
        store.queue.detach(listener); // the copy was closed: nothing to follow with
      }
    },
    onError: () => {
      controlOf(copy).installNow(store.save());
      store.queue.attach(listener);
    },
    onClose: () => undefined,
  };
  store.queue.attach(listener);
  return { store: copy, close: () => store.queue.detach(listener) };
}

/**
 * Makes `store` take over what one event says, as a transaction of its own; the object is stored as the event has it.
 * Commit events change nothing. For whole transactions at a time use {@link fork}.
 * @throws {StoreError} `INVALID_OBJECT`; `ALREADY_EXISTS`, `NOT_FOUND`, `NAME_CONFLICT` where the event does not fit.
 */
export function applyEvent(store: MemoryStore, event: Event): void {
  if (event.action === 'commit') return;
  const { updatedAt } = event.object.meta;
  const actions = [actionOf(event)];
  const info = { version: store.version + 1, time: updatedAt };
  store.applyStoreActions(isStored(event.object) ? markCanonical(actions) : actions, info);
}
