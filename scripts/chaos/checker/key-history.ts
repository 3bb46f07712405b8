import { type History, isWrite, type Operation, type State } from '../history.js';

/** The operations on one key, sorted by what is known of them. */
export interface KeyHistory {
  /** Those that changed nothing: reads, parts of lists, refusals. In the order of their calls. */
  readonly looks: readonly Look[];
  /** Writes that happened, in the order of their versions. */
  readonly writings: readonly Writing[];
  /** For each number of writes that are placed: when the first of the others had ended. */
  readonly earliestReturn: readonly number[];
  /** Writes that may have happened, with an unknown version. In the order of their calls. */
  readonly uncertain: readonly Operation[];
  /** The same for two uncertain writes that cannot be told apart. */
  readonly alike: (op: Operation) => string;
  /** Could an uncertain write make the answer right? */
  readonly mayHelp: (look: Look) => boolean;
}

export interface Writing {
  readonly op: Operation;
  readonly rev: number;
  readonly call: number;
  /** `Infinity` when its outcome was not told. */
  readonly return: number;
}

export interface Look {
  readonly op: Operation;
  readonly call: number;
  readonly return: number;
  /** The value that it saw; `undefined` when it was only refused. */
  readonly value?: string | null;
  readonly right: (
    now: { readonly value: string | null; readonly rev: number; readonly loose: boolean },
    next: Writing | undefined,
  ) => boolean;
}

export function keyHistory({ operations, finals }: History, key: string): KeyHistory {
  const own = operations.filter((one) => one.key === key && one.op !== 'list');
  const lists = operations.filter((one) => one.op === 'list' && one.result === 'ok' && key.startsWith(one.key));
  const looks = [
    ...own.flatMap((one) => lookOf(one)),
    ...lists.map((one) => partOf(one, key)),
    ...lastLooks(operations, finals, key),
  ].sort((a, b) => a.call - b.call);

  const revs = seenRevs(own);
  const unknown = own.filter((one) => isWrite(one) && one.result === 'unknown').sort((a, b) => a.call - b.call);
  const revOf = (op: Operation) => (op.op === 'delete' ? undefined : revs.get(op.value as string));
  const writings = [
    ...own.filter((one) => isWrite(one) && one.result === 'ok').map((op) => writing(op, op.rev ?? 0, op.return)),
    ...unknown.flatMap((op) => {
      const rev = revOf(op);
      return rev === undefined ? [] : [writing(op, rev, Infinity)];
    }),
  ].sort((a, b) => a.rev - b.rev);

  const uncertain = unknown.filter((op) => revOf(op) === undefined);
  const seen = new Set<unknown>([...looks.map(({ value }) => value), ...own.map(({ expect }) => expect)]);
  const recognised = new Set(uncertain.filter((op) => seen.has(op.value)).map(({ value }) => value));
  return {
    looks,
    writings,
    earliestReturn: earliestReturns(writings),
    uncertain,
    alike: ({ op, value, expect }) => JSON.stringify([op, expect, recognised.has(value) ? value : '']),
    mayHelp: ({ value }) => uncertain.length > 0 && (typeof value !== 'string' || recognised.has(value)),
  };
}

const writing = (op: Operation, rev: number, returned: number): Writing => ({
  op,
  rev,
  call: op.call,
  return: returned,
});

/** Which version a value was written as, from those that saw it. */
function seenRevs(operations: readonly Operation[]): Map<string, number> {
  const revs = new Map<string, number>();
  for (const { op, result, value, rev } of operations)
    if (op === 'read' && result === 'ok' && typeof value === 'string' && rev !== undefined) revs.set(value, rev);
  return revs;
}

function earliestReturns(writings: readonly Writing[]): number[] {
  const earliest: number[] = [];
  let least = Infinity;
  for (let i = writings.length - 1; i >= 0; i--) {
    least = Math.min(least, (writings[i] as Writing).return);
    earliest[i] = least;
  }
  return earliest;
}

function lookOf(op: Operation): Look[] {
  const times = { op, call: op.call, return: op.return };
  if (op.op === 'read' && op.result === 'ok') {
    const { value, rev } = op;
    return [
      {
        ...times,
        value: value as string | null,
        right: (now) => now.value === value && (value === null || rev === undefined || now.loose || now.rev === rev),
      },
    ];
  }
  if (op.result !== 'mismatch') return [];
  switch (op.op) {
    case 'create':
      return [{ ...times, right: ({ value }) => value !== null }];
    case 'cas':
      return [{ ...times, right: ({ value }) => value !== op.expect }];
    default:
      return [{ ...times, right: ({ value }) => value === null }];
  }
}

/** What a list says of one key: at its version, not only at some time. */
function partOf(op: Operation, key: string): Look {
  const value = (op.value as State)[key] ?? null;
  const { rev = Infinity } = op;
  return {
    op,
    call: op.call,
    return: op.return,
    value,
    right: (now, next) => now.value === value && now.rev <= rev && (next === undefined || next.rev > rev),
  };
}

/** The state at the end is what a read would have seen after everything else. */
function lastLooks(operations: readonly Operation[], finals: History['finals'], key: string): Look[] {
  const end = operations.reduce((latest, one) => Math.max(latest, one.return), 0) + 1;
  return finals.map(({ node, state }): Look => {
    const value = state[key] ?? null;
    const op: Operation = { client: 0, node, op: 'read', key, value, call: end, return: end, result: 'ok' };
    return { op, call: end, return: end, value, right: (now) => now.value === value };
  });
}
