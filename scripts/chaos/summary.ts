import { settingsDefaults } from '../../src/replica/settings.js';
import { mostAtOnce } from './checker/floor.js';
import { type History, isWrite, type Operation, opNames } from './history.js';
import type { LeaderLoss, Notebook } from './notebook.js';

/** What happened in a run, as lines for people. */
export function summary(history: History, notebook: Notebook, watches: { resumed: number; resyncs: number }): string[] {
  const { operations, opens, events, finals } = history;
  return [
    'operations by result',
    ...opNames.map((op) => `  ${op.padEnd(8)}${countsOf(operations.filter((one) => one.op === op))}`),
    `  ${mostAtOnce(operations)} clients at once`,
    `watches: ${opens.length} opened, ${watches.resumed} of them resumed, ${watches.resyncs} begun anew; ${events.length} events`,
    `members at the end: ${finals.map(({ node, rev }) => `${node} at version ${rev}`).join(', ') || 'none'}`,
    'faults',
    ...linesOf(notebook.faults),
    ...(notebook.remarks.size > 0 ? ['what came of them', ...linesOf(notebook.remarks)] : []),
    ...failovers(operations, notebook.leaderLosses),
  ];
}

function countsOf(operations: readonly Operation[]): string {
  const results = ['ok', 'mismatch', 'fail', 'unknown'] as const;
  return results
    .map((wanted) => `${wanted} ${operations.filter(({ result }) => result === wanted).length}`.padEnd(16))
    .join('')
    .trimEnd();
}

const linesOf = (counts: ReadonlyMap<string, number>) =>
  [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, count]) => `  ${count} × ${what}`);

/** Milliseconds from each loss to the end of the first write that began after it; `undefined` when there was none. */
export function failoverTimes(operations: readonly Operation[], losses: readonly LeaderLoss[]): (number | undefined)[] {
  const writes = operations.filter((one) => isWrite(one) && one.result === 'ok');
  return losses.map(({ at }) => {
    const after = writes.filter(({ call }) => call >= at).map((one) => one.return);
    return after.length === 0 ? undefined : (after.reduce((a, b) => Math.min(a, b)) - at) / 1_000;
  });
}

function failovers(operations: readonly Operation[], losses: readonly LeaderLoss[]): string[] {
  if (losses.length === 0) return [];
  const kinds = [...new Set(losses.map(({ by }) => by))];
  return [
    'from the loss of the leader to the first acknowledged write that began after it',
    ...kinds.map((kind) => {
      const times = failoverTimes(
        operations,
        losses.filter(({ by }) => by === kind),
      );
      const known = times.filter((time) => time !== undefined).sort((a, b) => a - b);
      const at = (share: number) => known[Math.max(0, Math.ceil(known.length * share) - 1)] ?? NaN;
      const never = times.length - known.length;
      const figures = (
        [
          ['p50', at(0.5)],
          ['p99', at(0.99)],
          ['max', at(1)],
        ] as const
      )
        .map(([name, ms]) => `${name} ${ms.toFixed(0)} ms (${(ms / settingsDefaults.electionTimeoutMs).toFixed(2)})`)
        .join(', ');
      return `  ${kind}: ${times.length}${never > 0 ? `, ${never} without a write` : ''}; ${figures}`;
    }),
    `  in brackets: election timeouts of ${settingsDefaults.electionTimeoutMs} ms`,
  ];
}
