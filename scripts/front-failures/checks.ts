import type { End, Transfer } from './history.js';

/** Money is neither made nor lost, and each acknowledged transfer happened. */
export function brokenBank(asked: readonly Transfer[], sums: readonly number[], total: number, end: End): string[] {
  const broken: string[] = [];
  const wrong = sums.filter((sum) => sum !== total);
  if (wrong.length > 0)
    broken.push(`${wrong.length} of ${sums.length} readers saw a sum other than ${total}: ${wrong[0]}`);
  const made = new Set(end.transfers.map(({ id }) => id));
  for (const { id, result } of asked) {
    if (result === 'ok' && !made.has(id)) broken.push(`lost: transfer ${id} was acknowledged`);
    if (result === 'failed' && made.has(id)) broken.push(`transfer ${id} was refused and happened`);
  }
  const each = total / Object.keys(end.balances).length;
  const expected = new Map(Object.keys(end.balances).map((id) => [id, each]));
  for (const { from, to, amount } of end.transfers) {
    expected.set(from, (expected.get(from) ?? 0) - amount);
    expected.set(to, (expected.get(to) ?? 0) + amount);
  }
  for (const [id, balance] of Object.entries(end.balances))
    if (balance !== expected.get(id)) broken.push(`${id} has ${balance}, its transfers make ${expected.get(id)}`);
  return broken;
}

/** No step of an earlier run follows one of a later run, and a run belongs to one process. */
export function brokenSingleton(steps: End['steps']): string[] {
  const broken: string[] = [];
  const owners = new Map<number, string>();
  let newest = 0;
  for (const { version, token, by } of [...steps].sort((a, b) => a.version - b.version)) {
    if (token < newest)
      broken.push(`two at once: run ${token} of ${by} wrote at ${version}, after run ${newest} had begun`);
    newest = Math.max(newest, token);
    const owner = owners.get(token) ?? by;
    if (owner !== by) broken.push(`run ${token} belongs to ${owner} and to ${by}`);
    owners.set(token, owner);
  }
  return broken;
}

/** Each job was finished, and once. */
export function brokenQueue(jobs: readonly string[], finished: End['finished']): string[] {
  const times = new Map<string, number>();
  for (const { job } of finished) times.set(job, (times.get(job) ?? 0) + 1);
  return jobs.flatMap((job) => {
    const count = times.get(job) ?? 0;
    return count === 1 ? [] : [`job ${job} was finished ${count} times`];
  });
}

/** The controller has made what is wished. */
export function brokenController({ wishes, makings }: Pick<End, 'wishes' | 'makings'>): string[] {
  return Object.entries(wishes).flatMap(([id, n]) =>
    makings[id] === n ? [] : [`wish ${id} is ${n}, and ${makings[id] ?? 'nothing'} was made`],
  );
}
