import type { History, Operation } from '../history.js';
import { type KeyHistory, keyHistory, type Look, type Writing } from './key-history.js';
import { told } from './words.js';

/**
 * Is there an order of the operations on each key that agrees with real time and in which every answer is right? After
 * Wing and Gong, with the memory of Lowe: places that were reached before are not searched again.
 *
 * The versions of acknowledged writes fix their order, and an operation that changes nothing may be placed as soon as its
 * answer is right. So the search has a choice only where a write with an unknown outcome could explain something.
 */
export function brokenOrder(history: History): string[] {
  const keys = new Set<string>();
  for (const one of history.operations) if (one.op !== 'list') keys.add(one.key);
  return [...keys].sort().flatMap((key) => {
    const wrong = orderProblem(keyHistory(history, key));
    return wrong === undefined ? [] : [`${key} is not linearizable: ${wrong}`];
  });
}

/** Most places that are searched for one key: more means that too many outcomes are unknown to say anything. */
const placesMax = 500_000;

/** How far an order has come. */
interface Place {
  readonly value: string | null;
  /** Of the last write whose version is known. */
  readonly rev: number;
  /** True for the value of a write with an unknown version. */
  readonly loose: boolean;
  /** How many of `writings` are placed. */
  readonly written: number;
  /** Which of the uncertain ones are placed, a bit for each. */
  readonly used: bigint;
  /** All looks before this one are placed … */
  readonly base: number;
  /** … and these after it. */
  readonly ahead: readonly number[];
}

function orderProblem(history: KeyHistory): string | undefined {
  const seen = new Set<string>();
  const start: Place = { value: null, rev: 0, loose: false, written: 0, used: 0n, base: 0, ahead: [] };
  const waiting: Place[] = [start];
  let furthest: { readonly place: Place; readonly weight: number } | undefined;
  for (let place = waiting.pop(); place; place = waiting.pop()) {
    const { settled, horizon, pending } = settle(history, place);
    if (settled.written === history.writings.length && settled.base === history.looks.length) return undefined;
    const name = nameOf(settled);
    if (seen.has(name)) continue;
    seen.add(name);
    if (seen.size > placesMax) return `not decided after ${placesMax} places, too many outcomes are unknown`;
    const weight = settled.written + settled.base + settled.ahead.length;
    if (!furthest || weight > furthest.weight) furthest = { place: settled, weight };
    waiting.push(...next(history, settled, horizon, pending));
  }
  return furthest ? explained(history, furthest.place) : 'there is nothing to order';
}

const nameOf = ({ value, rev, loose, written, used, base, ahead }: Place) =>
  `${written} ${used} ${loose ? JSON.stringify(value) : rev} ${base} ${ahead.join()}`;

/** Places every look whose answer is right now. `horizon`: nothing that began later may come next. */
function settle(history: KeyHistory, from: Place): { settled: Place; horizon: number; pending: readonly Look[] } {
  const { looks, writings } = history;
  const writing = writings[from.written];
  const placed = new Set(from.ahead);
  let horizon = history.earliestReturn[from.written] ?? Infinity;
  const pending: Look[] = [];
  for (let i = from.base; i < looks.length; i++) {
    const look = looks[i] as Look;
    if (look.call > horizon) break;
    if (placed.has(i)) continue;
    if (look.right(from, writing)) placed.add(i);
    else {
      pending.push(look);
      horizon = Math.min(horizon, look.return);
    }
  }
  let base = from.base;
  while (placed.delete(base)) base += 1;
  return { settled: { ...from, base, ahead: [...placed] }, horizon, pending };
}

/** The places that one more write leads to; the likeliest last. */
function next(history: KeyHistory, place: Place, horizon: number, pending: readonly Look[]): Place[] {
  const writing = history.writings[place.written];
  const possible =
    writing !== undefined && writing.call <= horizon && fits(writing.op, place) ? [written(place, writing)] : [];
  // An uncertain write matters only to those that wait for what it could have made.
  const wanted = possible.length === 0 || pending.some((look) => history.mayHelp(look));
  return wanted ? [...uncertainOnes(history, place, horizon), ...possible] : possible;
}

function written(place: Place, { op, rev }: Writing): Place {
  return { ...place, value: valueAfter(op), rev, loose: false, written: place.written + 1 };
}

function uncertainOnes({ uncertain, alike }: KeyHistory, place: Place, horizon: number): Place[] {
  const tried = new Set<string>();
  return uncertain.flatMap((op, i) => {
    const bit = 1n << BigInt(i);
    // Of those that would do the same, the one that began first is the most useful.
    if ((place.used & bit) !== 0n || op.call > horizon || tried.has(alike(op))) return [];
    tried.add(alike(op));
    return fits(op, place) ? [{ ...place, value: valueAfter(op), loose: true, used: place.used | bit }] : [];
  });
}

const valueAfter = (op: Operation): string | null => (op.op === 'delete' ? null : (op.value as string));

/** Could this write be carried out on what the key is now? */
function fits(op: Operation, { value }: Place): boolean {
  if (op.op === 'create') return value === null;
  return op.op === 'cas' ? value === op.expect : value !== null;
}

/** What stands in the way at the furthest place that was reached. */
function explained({ looks, writings }: KeyHistory, place: Place): string {
  const ahead = new Set(place.ahead);
  const left: { readonly op: Operation; readonly return: number }[] = [
    ...looks.filter((_look, i) => i >= place.base && !ahead.has(i)),
    ...writings.slice(place.written),
  ];
  const first = left.reduce((a, b) => (b.return < a.return ? b : a));
  const last = writings[place.written - 1];
  const nextOne = writings[place.written];
  const now = place.value === null ? 'is not there' : `is "${place.value}"`;
  return [
    `there is no place for ${told(first.op)}`,
    `when the key ${now}${last ? ` after ${told(last.op)}` : ', before any write'}`,
    nextOne && nextOne.op !== first.op ? `and before ${told(nextOne.op)}` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}
