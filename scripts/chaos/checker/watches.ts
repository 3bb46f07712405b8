import {
  type Change,
  type History,
  isWrite,
  type Operation,
  passes,
  type WatchEvent,
  type WatchOpen,
} from '../history.js';
import { firstFew, told } from './words.js';

/** One watch from its beginning to its last event. */
interface Watched {
  readonly open: WatchOpen;
  readonly events: readonly WatchEvent[];
  /** Everything up to this version was seen. */
  readonly upTo: number;
}

/** The promise of a watch: every change that it asked for, in order, once, and the same as all other watchers receive. */
export function brokenWatchRules(history: History): string[] {
  const watches = watchesOf(history);
  const all = allChanges(watches);
  const known = new Set(history.opens.map(({ watch }) => watch));
  const strays = history.events.filter(({ watch }) => !known.has(watch));
  return [
    ...firstFew(strays.map(({ watch, rev }) => `${watch} has an event of version ${rev} and was never opened`)),
    ...watches.flatMap((watched) => [
      ...firstFew(disorder(watched)),
      ...firstFew(wrongSteps(watched)),
      ...firstFew(missed(watched, all)),
      ...firstFew(unlike(watched, all)),
    ]),
    ...watches.flatMap((watched) => firstFew(unlikeWrites(watched, history.operations))),
    ...firstFew(neverWritten(all, history.operations)),
  ];
}

export function watchesOf({ opens, events }: History): Watched[] {
  const byWatch = new Map<string, WatchEvent[]>();
  for (const event of events) {
    const list = byWatch.get(event.watch);
    if (list) list.push(event);
    else byWatch.set(event.watch, [event]);
  }
  return opens.map((open) => {
    const own = byWatch.get(open.watch) ?? [];
    return { open, events: own, upTo: own.reduce((newest, { rev }) => Math.max(newest, rev), open.from) };
  });
}

/** What watches of everything saw, by version: the first word of each. Watches of a part fill in what is left. */
function allChanges(watches: readonly Watched[]): Map<number, readonly Change[]> {
  const changes = new Map<number, readonly Change[]>();
  for (const wide of [true, false])
    for (const { open, events } of watches) {
      if (((open.filter.prefix ?? '') === '') !== wide) continue;
      for (const { rev, events: seen } of events) if (!changes.has(rev)) changes.set(rev, seen);
    }
  return changes;
}

function disorder({ open, events }: Watched): string[] {
  const { watch, from } = open;
  return events.flatMap(({ rev }, i) => {
    const before = events[i - 1]?.rev ?? from;
    if (rev > before) return [];
    if (rev === before && i > 0) return [`${watch} saw version ${rev} twice`];
    return [`${watch} saw version ${rev} after version ${before}`];
  });
}

/** Each change must go on from what the watch had seen of that key. */
function wrongSteps({ open, events }: Watched): string[] {
  const state = new Map(Object.entries(open.snapshot));
  const broken: string[] = [];
  for (const { rev, events: changes } of events) {
    for (const { kind, key, value, prev } of changes) {
      const before = state.get(key);
      const where = `${open.watch} at version ${rev}: ${kind} ${key}`;
      if (!passes(open.filter, key)) broken.push(`${where} is not what it asked for`);
      if (before !== prev) broken.push(`${where} says that it was ${quoted(prev)}, it was ${quoted(before)}`);
      if ((kind === 'create') !== (prev === undefined)) broken.push(`${where} of a key that was ${quoted(prev)}`);
      if (kind === 'delete') state.delete(key);
      else state.set(key, value ?? '');
    }
  }
  return broken;
}

const quoted = (value: string | undefined) => (value === undefined ? 'not there' : `"${value}"`);

/** Changes that another watch saw, and versions between two that it saw: every version changes something here. */
function missed({ open, events, upTo }: Watched, all: ReadonlyMap<number, readonly Change[]>): string[] {
  const { watch, from, filter } = open;
  const own = new Set(events.map(({ rev }) => rev));
  const broken: string[] = [];
  for (let rev = from + 1; rev < upTo; rev++) {
    const changes = all.get(rev);
    const wide = (filter.prefix ?? '') === '';
    if (own.has(rev) || !(wide || changes?.some(({ key }) => passes(filter, key)))) continue;
    broken.push(`${watch} has a gap: it did not see version ${rev}`);
  }
  return broken;
}

function unlike({ open, events }: Watched, all: ReadonlyMap<number, readonly Change[]>): string[] {
  return events.flatMap(({ rev, events: changes }) => {
    const others = (all.get(rev) ?? []).filter(({ key }) => passes(open.filter, key));
    const [here, there] = [textOf(changes), textOf(others)];
    return here === there ? [] : [`version ${rev} is ${here} for ${open.watch} and ${there} for another watch`];
  });
}

const textOf = (changes: readonly Change[]) =>
  JSON.stringify(changes.map(({ kind, key, value, prev }) => [kind, key, value ?? null, prev ?? null]));

const kindOfWrite = { create: 'create', write: 'update', cas: 'update', delete: 'delete' } as const;

/** What was acknowledged must have been seen as it was acknowledged. */
function unlikeWrites({ open, events, upTo }: Watched, operations: readonly Operation[]): string[] {
  const byRev = new Map(events.map(({ rev, events: changes }) => [rev, changes]));
  return operations.flatMap((op) => {
    const { rev = 0, key, result } = op;
    if (!isWrite(op) || result !== 'ok' || rev <= open.from || rev > upTo || !passes(open.filter, key)) return [];
    const seen = byRev.get(rev)?.find((change) => change.key === key);
    if (!seen) return [`${open.watch} did not see ${told(op)}`];
    const value = op.op === 'delete' ? undefined : op.value;
    const same = seen.kind === kindOfWrite[op.op as keyof typeof kindOfWrite] && seen.value === value;
    return same ? [] : [`${open.watch} saw ${textOf([seen])} instead of ${told(op)}`];
  });
}

/** Values that no client wrote, or whose write was refused. */
function neverWritten(all: ReadonlyMap<number, readonly Change[]>, operations: readonly Operation[]): string[] {
  const writes = new Map<unknown, Operation>();
  for (const op of operations) if (isWrite(op) && op.op !== 'delete') writes.set(op.value, op);
  const broken: string[] = [];
  for (const [rev, changes] of all)
    for (const { key, value } of changes) {
      if (value === undefined) continue;
      const write = writes.get(value);
      if (!write) broken.push(`at version ${rev} ${key} became "${value}", which no client wrote`);
      else if (write.result === 'fail' || write.result === 'mismatch')
        broken.push(`version ${rev} is what was refused: ${told(write)}`);
      else if (write.key !== key || (write.result === 'ok' && write.rev !== rev))
        broken.push(`version ${rev} changed ${key} to "${value}", but that was ${told(write)}`);
    }
  return broken;
}
