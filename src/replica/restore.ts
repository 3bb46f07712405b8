import { newId } from '../base/ids.js';
import type { Random } from '../base/random.js';
import { StoreError } from '../base/store-error.js';
import { securityKinds, type StoredObject } from '../kinds/index.js';
import {
  controlOf,
  type MemoryStore,
  rowsOf,
  type StagedState,
  type StoreSnapshot,
  type TransactionInfo,
} from '../state/index.js';
import {
  type ClusterSnapshot,
  decodeObject,
  encodeObject,
  encodeRestoreStep,
  fromRequestRecords,
  type messages,
  toRequestRecords,
} from '../wire/index.js';
import { isEphemeral } from './attached.js';

type RestoreStep = messages.RestoreStep;

/** About how many bytes of objects travel in one step: a member decodes and inserts them in a few milliseconds. */
const stepBytes = 64 * 1024;

/** Steps that may be on their way at a time. */
const stepsInFlight = 8;

/**
 * A restore as every member sees it: steps of the log that build a new state beside the old one. The last step replaces
 * the whole state with it. A transaction that comes between ends it, so that nothing which was acknowledged is overwritten
 * unseen.
 */
export class Restoring {
  readonly #store: MemoryStore;
  #id = '';
  #staged: StagedState | undefined;
  /** The last restore that took effect. */
  done = '';

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  /** Steps of the log are needed until the restore has ended: no snapshot may take their place. */
  get active(): boolean {
    return this.#staged !== undefined;
  }

  /** Drops the restore, because something else was applied: it cannot take effect any more. */
  abandon(): void {
    this.#staged = undefined;
    this.#id = '';
  }

  /** Applies one step. Returns the version that the state now has when it was the last one and took effect. */
  apply({ id, ...step }: RestoreStep, { version, time }: TransactionInfo): number | undefined {
    if ('begin' in step) {
      this.#id = id;
      this.#staged = controlOf(this.#store).stage({ version, time, descriptions: step.begin.kinds });
      return undefined;
    }
    const staged = id === this.#id ? this.#staged : undefined;
    if (!staged) return undefined;
    if ('rows' in step) {
      for (const { kind, object } of step.rows.rows) staged.add(kind, [decodeObject(kind, object)]);
      return undefined;
    }
    if ('requests' in step) {
      for (const request of fromRequestRecords(step.requests)) staged.requests.push(request);
      return undefined;
    }
    this.abandon();
    if (!('commit' in step) || staged.objects !== step.commit.objects || staged.version <= this.#store.version)
      return undefined;
    controlOf(this.#store).installStaged(staged);
    this.done = id;
    return staged.version;
  }
}

/** The steps that replace the whole state with the store of `content`, in the order they must be applied. */
function* stepsOf(
  id: string,
  { store }: ClusterSnapshot,
  own: StoreSnapshot,
  isEphemeral: (kind: string, row: StoredObject) => boolean,
): Generator<RestoreStep, void> {
  const described = store.kinds ?? [];
  const missing = (own.kinds ?? []).filter(
    ({ kind }) => securityKinds.has(kind) && !described.some((one) => one.kind === kind),
  );
  yield { id, begin: { kinds: [...described, ...missing] } };
  let rows: messages.ObjectRecord[] = [];
  let bytes = 0;
  let objects = 0;
  const restored = Object.keys(store.tables).filter((kind) => !securityKinds.has(kind));
  const kept = Object.keys(own.tables).filter((kind) => securityKinds.has(kind));
  for (const [from, kind] of [
    ...restored.map((one) => [store, one] as const),
    ...kept.map((one) => [own, one] as const),
  ]) {
    for (const row of rowsOf(from, kind)) {
      if (isEphemeral(kind, row)) continue;
      const object = encodeObject(kind, row);
      rows.push({ kind, object });
      bytes += object.length;
      objects++;
      if (bytes < stepBytes) continue;
      yield { id, rows: { rows } };
      rows = [];
      bytes = 0;
    }
  }
  if (rows.length > 0) yield { id, rows: { rows } };
  for (const requests of toRequestRecords(store.requests)) yield { id, requests };
  yield { id, commit: { objects } };
}

/** Parts of the leader that a restore uses. */
export interface RestoreTarget {
  readonly store: MemoryStore;
  /** Resolves when the step has been applied here. */
  readonly propose: (payload: Uint8Array) => Promise<void>;
  /** The last restore that took effect here. */
  readonly restored: () => string;
  readonly random: Random;
  readonly now: () => number;
}

/**
 * Replaces the whole state with a saved one, as one version above both. Other writers wait. Leases, and the
 * objects attached to them, belong to those who live now: saved ones are not restored, and current ones are removed.
 * Users, roles, certificates and the CA stay as they are now: an old state would let removed users in again.
 * @throws {StoreError} `NOT_LEADER`, `OUTCOME_UNKNOWN` when leadership is lost meanwhile; nothing is changed unless the last
 *   step takes effect.
 */
export async function restoreThroughLog(
  content: ClusterSnapshot,
  { store, propose, restored, random, now }: RestoreTarget,
): Promise<{ version: number; objects: number }> {
  return controlOf(store).exclusive(async ({ version: before, time: timeBefore }) => {
    const id = newId(random);
    const version = Math.max(before, content.store.version) + 1;
    const time = Math.max(timeBefore, content.store.time, now());
    let objects = 0;
    const open = new Set<Promise<void>>();
    let failure: { error: unknown } | undefined;
    for (const step of stepsOf(id, content, store.save(), (kind, row) => isEphemeral(store.kinds, kind, row))) {
      if (failure) break;
      if ('commit' in step) {
        objects = step.commit.objects;
        await Promise.all(open);
      }
      const proposed = propose(encodeRestoreStep(step, { version, time })).then(
        () => void open.delete(proposed),
        (error: unknown) => {
          failure ??= { error };
          open.delete(proposed);
        },
      );
      open.add(proposed);
      if (open.size >= stepsInFlight) await Promise.race(open);
    }
    await Promise.all(open);
    if (failure) throw failure.error;
    if (restored() !== id)
      throw new StoreError('NOT_LEADER', 'another member wrote while the restore was under way: nothing was changed');
    return { version, objects };
  });
}
