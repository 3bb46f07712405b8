import { type Final, type History, isWrite, type Operation, passes, type State } from '../history.js';
import { watchesOf } from './watches.js';
import { told } from './words.js';

/** At the end all members hold the same: what was acknowledged last, and what the watchers were told. */
export function brokenFinalRules(history: History): string[] {
  const { finals, operations } = history;
  const [first] = finals;
  if (!first) return ['no member told its last state'];
  return [...finals.flatMap((one) => unlike(first, one)), ...lost(first, operations), ...unlikeWatches(first, history)];
}

function unlike(first: Final, other: Final): string[] {
  const broken: string[] = [];
  if (first.rev !== other.rev)
    broken.push(`${first.node} ended at version ${first.rev} and ${other.node} at version ${other.rev}`);
  for (const key of differences(first.state, other.state))
    broken.push(`${key} ended as ${valueIn(first, key)} and as ${valueIn(other, key)}`);
  return broken;
}

const valueIn = ({ node, state }: Final, key: string) => `${JSON.stringify(state[key] ?? null)} at ${node}`;

function differences(a: State, b: State): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort().filter((key) => a[key] !== b[key]);
}

/** The last acknowledged write of a key stands, unless one with an unknown outcome came after it. */
function lost({ state }: Final, operations: readonly Operation[]): string[] {
  const last = new Map<string, Operation>();
  const possible = new Map<string, Set<unknown>>();
  for (const op of operations) {
    if (!isWrite(op)) continue;
    if (op.result === 'ok' && (op.rev ?? 0) > (last.get(op.key)?.rev ?? 0)) last.set(op.key, op);
    if (op.result === 'unknown')
      possible.set(op.key, (possible.get(op.key) ?? new Set()).add(op.op === 'delete' ? undefined : op.value));
  }
  return [...last].flatMap(([key, op]) => {
    const value = state[key];
    if (value === (op.op === 'delete' ? undefined : op.value) || possible.get(key)?.has(value)) return [];
    return [`lost: ${told(op)} was the last acknowledged write, the key ended as ${JSON.stringify(value ?? null)}`];
  });
}

/** The changes that a watch saw, up to the end, make the state that there is. */
function unlikeWatches({ rev, state }: Final, history: History): string[] {
  return watchesOf(history).flatMap(({ open, events, upTo }) => {
    if (upTo !== rev) return [];
    const seen = new Map(Object.entries(open.snapshot));
    for (const { events: changes } of events)
      for (const { kind, key, value } of changes)
        if (kind === 'delete') seen.delete(key);
        else seen.set(key, value ?? '');
    const expected = Object.fromEntries(Object.entries(state).filter(([key]) => passes(open.filter, key)));
    return differences(Object.fromEntries(seen), expected).map(
      (key) => `${open.watch} was told that ${key} is ${JSON.stringify(seen.get(key) ?? null)} at the end, it is not`,
    );
  });
}
