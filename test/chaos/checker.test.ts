import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { checkHistory, emptiness } from '../../scripts/chaos/checker/index.js';
import {
  type Change,
  type Final,
  historyOf,
  type Line,
  type Operation,
  type State,
  type WatchEvent,
  type WatchOpen,
} from '../../scripts/chaos/history.js';

/** Operations as they are read aloud: `[call-return] client op key=value @rev result`. */
function op(text: string): Operation {
  const pattern =
    /^\[(\d+)-(\d+)\] c(\d+) (\w+) (\w+)(?:\?(\w+))?(?:=(\S+))?(?: @(\d+))?(?: (mismatch|fail|unknown))?$/;
  const [, call, returned, client, name, key = '', expected, value, rev, result = 'ok'] = pattern.exec(text) ?? [];
  if (name === undefined) throw new Error(`not an operation: ${text}`);
  return {
    client: Number(client),
    node: 'm1',
    op: name as Operation['op'],
    key,
    ...(value !== undefined && { value: valueOf(value) }),
    ...(expected !== undefined && { expect: expected }),
    ...(rev !== undefined && { rev: Number(rev) }),
    call: Number(call),
    return: Number(returned),
    result: result as Operation['result'],
  };
}

function valueOf(text: string): string | State | null {
  if (text === 'null') return null;
  return text.startsWith('{') ? (JSON.parse(text) as State) : text;
}

const final = (node: string, rev: number, state: State): Final => ({ type: 'final', node, rev, state });

const open = (watch: string, from: number, snapshot: State = {}, prefix = ''): WatchOpen => ({
  type: 'watch_open',
  watch,
  node: 'm1',
  from,
  filter: prefix === '' ? {} : { prefix },
  snapshotRev: from,
  snapshot,
});

const event = (watch: string, rev: number, ...events: Change[]): WatchEvent => ({
  type: 'watch_event',
  watch,
  rev,
  t: rev * 10,
  events,
});

const problems = (...lines: Line[]): string[] => checkHistory(historyOf(lines));

const writes = [op('[0-10] c1 create x=a @1'), op('[20-30] c1 write x=b @2'), op('[40-50] c2 write x=c @3')];
const created: Change = { kind: 'create', key: 'x', value: 'a' };
const changed: Change = { kind: 'update', key: 'x', value: 'b', prev: 'a' };
const again: Change = { kind: 'update', key: 'x', value: 'c', prev: 'b' };
const ends = [final('m1', 3, { x: 'c' }), final('m2', 3, { x: 'c' })];

describe('the order of operations', () => {
  it.each([
    { why: 'nothing overlaps', ops: ['[60-70] c3 read x=c @3'] },
    { why: 'a read sees a write that is under way', ops: ['[45-46] c3 read x=c @3', '[41-42] c4 read x=b @2'] },
    { why: 'a read sees the old value while a write is under way', ops: ['[45-60] c3 read x=b @2'] },
    {
      why: 'what was refused would have been wrong',
      ops: ['[45-60] c3 cas x?b=d mismatch', '[60-61] c3 create x=e mismatch'],
    },
    { why: 'a list is of its version', ops: ['[45-60] c3 list x={"x":"b"} @2'] },
    { why: 'an unknown write was not carried out', ops: ['[51-60] c3 write x=d unknown'] },
    { why: 'what failed says nothing', ops: ['[51-60] c3 write x=d fail', '[51-60] c3 read x fail'] },
  ])('is right when $why', ({ ops }) => {
    expect(problems(...writes, ...ops.map(op), ...ends)).toEqual([]);
  });

  it('is right when an unknown write is carried out long after its call', () => {
    const late = ['[11-15] c3 write x=d unknown', '[60-70] c4 read x=c @3', '[80-90] c4 read x=d @4'].map(op);
    expect(problems(...writes, ...late, final('m1', 4, { x: 'd' }))).toEqual([]);
  });

  it('is right when an unknown deletion explains a key that is gone and an unknown creation that it is back', () => {
    const between = ['[11-12] c3 delete x unknown', '[13-14] c4 create x=d unknown'].map(op);
    const seen = ['[15-16] c5 read x=null', '[17-18] c5 create x=e mismatch'].map(op);
    expect(problems(...writes, ...between, ...seen, ...ends)).toEqual([]);
  });

  it.each([
    { what: 'a stale read', ops: ['[60-70] c3 read x=b @2'] },
    { what: 'a stale read of a value that came back', ops: ['[42-45] c3 read x=c @3', '[46-48] c4 read x=b @2'] },
    { what: 'a stale list', ops: ['[60-70] c3 list x={"x":"b"} @2'] },
    { what: 'a list that is not of its version', ops: ['[45-60] c3 list x={"x":"b"} @3'] },
    { what: 'a read of what nobody wrote', ops: ['[60-70] c3 read x=q @9'] },
    { what: 'a read of a key that is not there any more, though nobody deleted it', ops: ['[60-70] c3 read x=null'] },
    { what: 'a read of what failed', ops: ['[51-60] c3 write x=d fail', '[60-70] c3 read x=d @4'] },
    { what: 'a read of what was refused', ops: ['[51-60] c3 cas x?a=d mismatch', '[60-70] c3 read x=d @4'] },
    { what: 'a read before the unknown write began', ops: ['[51-52] c3 read x=d @4', '[60-70] c4 write x=d unknown'] },
    {
      what: 'an unknown write that is seen twice',
      ops: ['[11-12] c3 write x=d unknown', '[31-32] c4 read x=d @4', '[61-62] c4 read x=c @3'],
    },
    { what: 'a refusal without a reason', ops: ['[51-60] c3 cas x?c=d mismatch'] },
    { what: 'a creation of what was there', ops: ['[51-60] c3 create x=d @4', '[61-62] c4 write x=c2 @5'] },
    { what: 'a cas of an old value', ops: ['[51-60] c3 cas x?b=d @4', '[61-62] c4 write x=c2 @5'] },
  ])('is wrong with $what', ({ ops }) => {
    expect(problems(...writes, ...ops.map(op), ...ends).join('\n')).toContain('x is not linearizable');
  });

  it('names the read that has no place', () => {
    const [problem] = problems(...writes, op('[60-70] c3 read x=b @2'), ...ends);
    expect(problem).toContain('no place for read x = "b" at version 2 (client 3 at m1');
  });

  it('is wrong when an acknowledged write is lost', () => {
    const found = problems(...writes, final('m1', 2, { x: 'b' }), final('m2', 2, { x: 'b' })).join('\n');
    expect(found).toContain('x is not linearizable');
    expect(found).toContain('lost: write x = "c" at version 3');
  });

  it('is wrong when an acknowledged write is lost on one member only', () => {
    const found = problems(...writes, final('m1', 3, { x: 'c' }), final('m2', 3, { x: 'b' })).join('\n');
    expect(found).toContain('x ended as "c" at m1 and as "b" at m2');
  });

  it('is decided soon with many unknown outcomes', () => {
    const unknown = Array.from({ length: 60 }, (_, i) =>
      op(`[${11 + i}-${12 + i}] c${i + 10} ${['write', 'delete', 'create'][i % 3]} x=u${i} unknown`),
    );
    const started = performance.now();
    expect(problems(...writes, ...unknown, ...ends)).toEqual([]);
    expect(problems(...writes, ...unknown, op('[60-70] c3 read x=b @2'), ...ends)).not.toEqual([]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('the versions', () => {
  it.each([
    { what: 'is given twice', more: '[60-70] c3 create y=d @3', says: 'version 3 was given twice' },
    { what: 'goes back', more: '[60-70] c3 create y=d @0', says: 'versions went back' },
    { what: 'is missing', more: '[60-70] c3 create y=d', says: 'acknowledged without a version' },
    { what: 'of a list goes back', more: '[60-70] c3 list y={} @2', says: 'versions went back' },
  ])('are wrong when one $what', ({ more, says }) => {
    expect(problems(...writes, op(more), ...ends).join('\n')).toContain(says);
  });
});

describe('watches', () => {
  const seen = (watch: string) => [event(watch, 1, created), event(watch, 2, changed), event(watch, 3, again)];
  const other = op('[60-70] c3 create y=d @4');
  const otherCreated: Change = { kind: 'create', key: 'y', value: 'd' };
  const otherEnd = final('m1', 4, { x: 'c', y: 'd' });

  it('are right when they see everything, from wherever they begin, in whatever order they are written down', () => {
    const resumed = [open('w1.2', 2, { x: 'b' }), event('w1.2', 3, again)];
    expect(
      problems(...writes, open('w1', 0), open('w2', 0), ...seen('w2'), ...seen('w1'), ...resumed, ...ends),
    ).toEqual([]);
  });

  it('are right when they see only what they asked for', () => {
    const wide = [open('w1', 0), ...seen('w1'), event('w1', 4, otherCreated)];
    const narrow = [open('w2', 0, {}, 'y'), event('w2', 4, otherCreated)];
    expect(problems(...writes, other, ...wide, ...narrow, otherEnd)).toEqual([]);
  });

  it.each([
    { what: 'a gap', lines: [event('w1', 1, created), event('w1', 3, again)], says: 'did not see version 2' },
    { what: 'a gap before the first event', lines: [event('w1', 2, changed)], says: 'did not see version 1' },
    {
      what: 'a reordering',
      lines: [event('w1', 1, created), event('w1', 3, again), event('w1', 2, changed)],
      says: 'version 2 after version 3',
    },
    { what: 'a repeat', lines: [...seen('w1'), event('w1', 3, again)], says: 'saw version 3 twice' },
    { what: 'another value', lines: [event('w1', 1, { ...created, value: 'z' })], says: 'instead of create x = "a"' },
    {
      what: 'another kind',
      lines: [event('w1', 1, created), event('w1', 2, { kind: 'create', key: 'x', value: 'b' })],
      says: 'says that it was not there',
    },
    {
      what: 'another old value',
      lines: [event('w1', 1, created), event('w1', 2, { ...changed, prev: 'q' })],
      says: 'says that it was "q"',
    },
    {
      what: 'what nobody wrote',
      lines: [
        ...seen('w1'),
        event('w1', 4, { kind: 'delete', key: 'x', prev: 'c' }),
        event('w1', 5, { kind: 'create', key: 'x', value: 'q' }),
      ],
      says: 'which no client wrote',
    },
  ])('are wrong with $what', ({ lines, says }) => {
    expect(problems(...writes, open('w1', 0), ...lines, ...ends).join('\n')).toContain(says);
  });

  it('are wrong when two are told different things', () => {
    const unknown = ['[60-70] c3 write x=p unknown', '[60-70] c4 write x=q unknown'].map(op);
    const one = [open('w1', 3, { x: 'c' }), event('w1', 4, { kind: 'update', key: 'x', value: 'p', prev: 'c' })];
    const two = [open('w2', 3, { x: 'c' }), event('w2', 4, { kind: 'update', key: 'x', value: 'q', prev: 'c' })];
    const found = problems(...writes, ...unknown, ...one, ...two, final('m1', 4, { x: 'p' })).join('\n');
    expect(found).toContain('for another watch');
  });

  it('are wrong when a watch of a part misses what a watch of everything saw', () => {
    const last = op('[80-90] c3 write y=e @5');
    const update: Change = { kind: 'update', key: 'y', value: 'e', prev: 'd' };
    const wide = [open('w1', 0), ...seen('w1'), event('w1', 4, otherCreated), event('w1', 5, update)];
    const narrow = [open('w2', 0, {}, 'y'), event('w2', 5, update)];
    const found = problems(...writes, other, last, ...wide, ...narrow, final('m1', 5, { x: 'c', y: 'e' })).join('\n');
    expect(found).toContain('w2 has a gap: it did not see version 4');
  });

  it('are wrong when they are told of a write that was refused', () => {
    const refused = op('[60-70] c3 cas x?a=d mismatch');
    const lines = [open('w1', 0), ...seen('w1'), event('w1', 4, { kind: 'update', key: 'x', value: 'd', prev: 'c' })];
    expect(problems(...writes, refused, ...lines, final('m1', 4, { x: 'd' })).join('\n')).toContain('what was refused');
  });

  it('are wrong when what they were told is not what there is at the end', () => {
    const lines = [open('w1', 0), ...seen('w1')];
    expect(problems(...writes, ...lines, final('m1', 3, { x: 'b' })).join('\n')).toContain('w1 was told that x is "c"');
  });
});

describe('random lives of one store', () => {
  /** Clients whose operations take effect at a random moment between call and return; some outcomes are not told. */
  function life(seed: number): Operation[] {
    const random = seededRandom(seed);
    const state = new Map<string, { value: string; rev: number }>();
    const operations: Operation[] = [];
    const free = Array.from({ length: 5 }, () => 0);
    let rev = 0;
    for (let i = 0, effect = 0; i < 400; i++) {
      effect += 1 + random(10);
      const client = random(free.length);
      const key = `k${random(3)}`;
      const call = Math.max(free[client] ?? 0, effect - random(40));
      if (call > effect) continue;
      const returned = effect + random(40);
      free[client] = returned + 1;
      const now = state.get(key);
      const name = (['read', 'write', 'create', 'delete', 'cas'] as const)[random(5)] ?? 'read';
      const base = { client, node: 'm1', op: name, key, call, return: returned };
      if (name === 'read') {
        operations.push({ ...base, result: 'ok', value: now?.value ?? null, ...(now && { rev: now.rev }) });
        continue;
      }
      const expected = random(2) === 0 ? (now?.value ?? 'none') : 'none';
      const done = name === 'create' ? !now : name === 'cas' ? now?.value === expected : now !== undefined;
      const value = `v${i}`;
      if (done && name === 'delete') state.delete(key);
      else if (done) state.set(key, { value, rev: rev + 1 });
      if (done) rev += 1;
      const told = random(8) > 0;
      operations.push({
        ...base,
        ...(name !== 'delete' && { value }),
        ...(name === 'cas' && { expect: expected }),
        ...(done && told && { rev }),
        result: told ? (done ? 'ok' : 'mismatch') : 'unknown',
      });
    }
    return operations;
  }

  const stateOf = (operations: readonly Operation[]): State => {
    const reads = new Map<string, string>();
    for (const one of operations) if (one.op === 'read' && typeof one.value === 'string') reads.set(one.key, one.value);
    return Object.fromEntries(reads);
  };
  // The last state is not part of these: its key never has operations.
  const nowhere = final('m1', 0, {});
  const order = (operations: readonly Operation[]) =>
    problems(...operations, nowhere).filter((problem) => problem.includes('linearizable'));

  it('are right with and without the outcomes', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const operations = life(seed);
      const ends = operations.map((one) => one.return).reduce((a, b) => Math.max(a, b), 0);
      // Deletions whose outcome nobody knows make any end possible.
      const closing = ['k0', 'k1', 'k2'].map((key) => op(`[${ends}-${ends + 1}] c99 delete ${key} unknown`));
      expect(order([...operations, ...closing]), `seed ${seed}`).toEqual([]);
    }
  });

  it('are wrong when one read is made stale', () => {
    let found = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const operations = life(seed);
      expect(Object.keys(stateOf(operations)).length).toBeGreaterThan(0);
      const reads = operations.filter((one) => one.op === 'read' && typeof one.value === 'string');
      const early = reads.find((one) => one.call > 100);
      const late = reads.findLast((one) => one.key === early?.key && one.value !== early.value);
      if (!early || !late || late.call < early.return + 200) continue;
      found += 1;
      const stale = { ...late, value: early.value as string, rev: early.rev as number };
      expect(order(operations.map((one) => (one === late ? stale : one))), `seed ${seed}`).not.toEqual([]);
    }
    expect(found).toBeGreaterThan(10);
  });
});

describe('an empty run', () => {
  const floor = { writes: 3, reads: 1, watchEvents: 1, finals: 2, faults: 1 };

  it('is not green', () => {
    expect(emptiness(historyOf([]), 0, floor)).toHaveLength(6);
  });

  it('is told what was missing', () => {
    const history = historyOf([
      ...writes,
      op('[60-70] c3 read x=c @3'),
      open('w1', 0),
      event('w1', 1, created),
      ...ends,
    ]);
    expect(emptiness(history, 0, floor)).toEqual([
      'only 0 faults, at least 1 are needed',
      'only 1 clients at the same time, at least 2 are needed',
    ]);
  });
});
