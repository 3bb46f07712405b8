import type { AnyObject, Node, ObjectEvent } from '../kinds/index.js';
import type { MemoryStore, TransactionRecord } from '../state/index.js';
import { Violation } from './raft-invariants.js';

/** One transaction as the first member that committed it saw it. */
interface Known {
  readonly time: number;
  readonly events: readonly ObjectEvent[];
  readonly requestId: string | undefined;
}

/** Object as a version left it; no value: it was removed. */
interface Change {
  readonly version: number;
  readonly value: string | undefined;
}

function valueIn(changes: readonly Change[], version: number): string | undefined {
  for (let i = changes.length - 1; i >= 0; i--) {
    const change = changes[i];
    if (change && change.version <= version) return change.value;
  }
  return undefined;
}

/** The value that the load writes: in a label. */
export function valueOf(object: AnyObject | undefined): string | undefined {
  if (!object) return undefined;
  return (
    (object as { spec?: { annotations?: { labels: Record<string, string> } } }).spec?.annotations?.labels['v'] ?? ''
  );
}

const sameEvent = (a: ObjectEvent, b: ObjectEvent | undefined): boolean =>
  a === b ||
  (b !== undefined &&
    a.action === b.action &&
    a.kind === b.kind &&
    a.version === b.version &&
    (a.object === b.object || sameObject(a.object, b.object)));

const sameObject = (a: AnyObject, b: AnyObject): boolean =>
  a.id === b.id && a.meta.version === b.meta.version && valueOf(a) === valueOf(b);

const same = (a: readonly ObjectEvent[], b: readonly ObjectEvent[]): boolean =>
  a.length === b.length && a.every((event, i) => sameEvent(event, b[i]));

const printed = (events: readonly ObjectEvent[]) => events.map(printOf).join(';');

const printOf = ({ action, kind, object, version }: ObjectEvent) =>
  `${action} ${kind} ${object.id} ${object.meta.version}/${version} ${valueOf(object)}`;

/**
 * Promises of the store, compared with a naive model: one history, one state a version, each request once, no reader and
 * no watcher who sees anything else.
 */
export class StoreInvariants {
  /** By version; 0 is nothing. */
  readonly #history: Known[] = [{ time: 0, events: [], requestId: undefined }];
  /** Versions that changed a node, and its value then, by node. */
  readonly #objects = new Map<string, Change[]>();
  readonly #versionOfRequest = new Map<string, number>();
  readonly #refused = new Set<string>();
  /** The newest version that was acknowledged: readers who begin later see at least that. */
  acknowledged = 0;

  get version(): number {
    return this.#history.length - 1;
  }

  /** Some member has committed this. */
  onCommit(member: string, { version, time, events, requestId }: TransactionRecord): void {
    const known = this.#history[version];
    if (known) {
      if (known.time !== time || known.requestId !== requestId || !same(events, known.events))
        throw new Violation(
          'StateMachineSafety',
          `${member} made version ${version} as "${time} ${requestId} ${printed(events)}", another as "${known.time} ${known.requestId} ${printed(known.events)}"`,
        );
      return;
    }
    if (version !== this.#history.length)
      throw new Violation('StateMachineSafety', `${member} made version ${version} after ${this.version}`);
    this.#history.push({ time, events, requestId });
    if (requestId !== undefined) this.#once(requestId, version);
    for (const event of events) if (event.kind === 'node') this.#change(event, version);
  }

  /** The value of an object in a version. */
  valueAt(id: string, version: number): string | undefined {
    return valueIn(this.#objects.get(id) ?? [], version);
  }

  /** The version that last changed an object before `version`; 0 when it was not there. */
  versionBefore(id: string, version: number): number {
    const changes = this.#objects.get(id) ?? [];
    for (let i = changes.length - 1; i >= 0; i--) {
      const change = changes[i];
      if (change && change.version < version) return change.value === undefined ? 0 : change.version;
    }
    return 0;
  }

  versionOfRequest(requestId: string): number | undefined {
    return this.#versionOfRequest.get(requestId);
  }

  /** A client received that `requestId` made `version`. `began`: what had been acknowledged when it was asked. */
  onAcknowledged(requestId: string, version: number, began: number): void {
    if (this.#versionOfRequest.get(requestId) !== version)
      throw new Violation(
        'NoCommittedLost',
        `request ${requestId} was acknowledged as version ${version}; in the history it is ${this.#versionOfRequest.get(requestId)}`,
      );
    if (version <= began)
      throw new Violation(
        'NoStaleRead',
        `request ${requestId} made version ${version} and began when ${began} had been acknowledged`,
      );
    this.acknowledged = Math.max(this.acknowledged, version);
  }

  /** A client received that `requestId` did nothing, and will do nothing. */
  onRefused(requestId: string): void {
    this.#refused.add(requestId);
    const version = this.#versionOfRequest.get(requestId);
    if (version !== undefined)
      throw new Violation('OnceOnly', `request ${requestId} was refused and made version ${version} all the same`);
  }

  /** A client received that `requestId` changed nothing of `version`: as a read of it. */
  onUnchanged(requestId: string, version: number, began: number): void {
    if (version < began)
      throw new Violation(
        'NoStaleRead',
        `request ${requestId} changed nothing of version ${version} when ${began} had been acknowledged`,
      );
    this.acknowledged = Math.max(this.acknowledged, version);
  }

  /** A linearizable read: not older than what was acknowledged when it began, and what the history says. */
  onRead(reader: string, read: { readonly version: number; readonly nodes: readonly Node[] }, began: number): void {
    if (read.version < began)
      throw new Violation('NoStaleRead', `${reader} read version ${read.version} when ${began} had been acknowledged`);
    this.checkState(reader, read.version, read.nodes);
    this.acknowledged = Math.max(this.acknowledged, read.version);
  }

  /** All nodes that some member holds of `version`. */
  checkState(who: string, version: number, nodes: readonly Node[]): void {
    const held = new Map<string, string | undefined>();
    for (const node of nodes) held.set(node.id, valueOf(node));
    const check = (id: string, expected: string | undefined) => {
      const value = held.get(id);
      if (value !== expected)
        throw new Violation(
          'SnapshotEqualsReplay',
          `${who} has ${id} = ${value} in version ${version}; the history says ${expected}`,
        );
    };
    for (const [id, changes] of this.#objects) check(id, valueIn(changes, version));
    for (const id of held.keys()) if (!this.#objects.has(id)) check(id, undefined);
  }

  /** Checks the whole content of a store. */
  checkStore(who: string, store: MemoryStore): void {
    const { version } = store;
    if (version > this.version)
      throw new Violation('StateMachineSafety', `${who} is at version ${version}, which no leader committed`);
    this.checkState(
      who,
      version,
      store.view((tx) => tx.nodes().find()),
    );
  }

  /** One whole transaction, as a watcher got it after `previous`. */
  onWatched(watcher: string, previous: number, version: number, events: readonly ObjectEvent[]): void {
    if (version !== previous + 1)
      throw new Violation('WatchEqualsHistory', `${watcher} got version ${version} after ${previous}`);
    const { events: known = [] } = this.#history[version] ?? {};
    if (!same(events, known))
      throw new Violation(
        'WatchEqualsHistory',
        `${watcher} got "${printed(events)}" as version ${version}, not "${printed(known)}"`,
      );
    for (const event of events) {
      if (event.action !== 'update' || event.kind !== 'node') continue;
      const before = this.versionBefore(event.object.id, version);
      const inside = event.old.meta.version === version; // changed twice in one transaction
      if (!inside && event.old.meta.version !== before)
        throw new Violation(
          'WatchEqualsHistory',
          `${watcher} got an old object of version ${event.old.meta.version}, not ${before}`,
        );
    }
  }

  #once(requestId: string, version: number): void {
    const first = this.#versionOfRequest.get(requestId);
    if (first !== undefined)
      throw new Violation('OnceOnly', `request ${requestId} made version ${first} and version ${version}`);
    if (this.#refused.has(requestId))
      throw new Violation('OnceOnly', `request ${requestId} was refused and makes version ${version} all the same`);
    this.#versionOfRequest.set(requestId, version);
  }

  #change({ action, object }: ObjectEvent, version: number): void {
    let changes = this.#objects.get(object.id);
    if (!changes) this.#objects.set(object.id, (changes = []));
    const value = action === 'delete' ? undefined : (valueOf(object) ?? '');
    if (changes.at(-1)?.version === version) changes.pop();
    changes.push({ version, value });
  }
}
