import type { Done, End } from './history.js';

/**
 * Looks for an order in which the transactions could have happened one by one, each between its call and its answer. The final
 * lists give the order of the appends, and the length of what a transaction read gives its place between them. There is an
 * order exactly when the graph of "must come before" has no cycle.
 * @see Kingsbury and Alvaro, Elle (2020)
 */
export function brokenOrder(all: readonly Done[], { lists }: Pick<End, 'lists'>): string[] {
  const broken = brokenAppends(all, lists);
  if (broken.length > 0) return broken;
  const places = new Map(Object.entries(lists).flatMap(([list, values]) => values.map((v, i) => [`${list} ${v}`, i])));
  const happened = all.filter(
    (one) => one.result === 'ok' || Object.entries(one.appended).some(([list, v]) => places.has(`${list} ${v}`)),
  );
  const cycle = cycleIn(graphOf(happened, lists));
  if (!cycle) return [];
  const involved = cycle
    .flatMap((at) => happened[at] ?? [])
    .map(({ call, return: ended, appended, read }) => {
      const saw = Object.entries(read).map(([list, values]) => `${list} with ${values.length}`);
      return `[${call}-${ended}] appended ${JSON.stringify(appended)}, saw ${saw.join(' and ') || 'nothing'}`;
    });
  return [`no order explains ${involved.length} transactions: ${involved.join('; ')}`];
}

/** Appends are kept once, those that failed never, and every reader saw a beginning of the final list. */
function brokenAppends(all: readonly Done[], lists: End['lists']): string[] {
  const broken: string[] = [];
  for (const [list, values] of Object.entries(lists))
    if (new Set(values).size < values.length) broken.push(`${list} has a value twice`);
  for (const { result, appended, read } of all) {
    for (const [list, value] of Object.entries(appended)) {
      const kept = lists[list]?.includes(value) ?? false;
      if (result === 'ok' && !kept) broken.push(`lost: ${value} was acknowledged and is not in ${list}`);
      if (result === 'failed' && kept) broken.push(`${value} was refused and is in ${list}`);
    }
    if (result !== 'ok') continue;
    for (const [list, seen] of Object.entries(read))
      if (seen.some((value, i) => value !== lists[list]?.[i]))
        broken.push(`a reader saw ${seen.length} values of ${list} that are not how it begins`);
  }
  return broken;
}

/** Edges by number: a transaction that must come before others. Nodes behind the transactions are moments. */
type Graph = readonly (readonly number[])[];

function graphOf(all: readonly Done[], lists: End['lists']): Graph {
  const edges: number[][] = all.map(() => []);
  const add = (from: number | undefined, to: number | undefined) => {
    if (from !== undefined && to !== undefined && from !== to) edges[from]?.push(to);
  };
  const writers = new Map<string, number>();
  for (const [at, { appended }] of all.entries())
    for (const [list, value] of Object.entries(appended)) writers.set(`${list} ${value}`, at);
  const writerAt = (list: string, place: number) => writers.get(`${list} ${lists[list]?.[place]}`);
  for (const [list, values] of Object.entries(lists))
    for (const place of values.keys()) add(writerAt(list, place - 1), writerAt(list, place));
  for (const [at, { read, result }] of all.entries()) {
    if (result !== 'ok') continue;
    for (const [list, { length }] of Object.entries(read)) {
      add(writerAt(list, length - 1), at);
      add(at, writerAt(list, length));
    }
  }
  addTime(all, edges);
  return edges;
}

/** What ended before another began comes first. A chain of moments says so with few edges. */
function addTime(all: readonly Done[], edges: number[][]): void {
  const moments = all.flatMap((one, at) => [
    { time: one.call, at, begins: true },
    // One with an unknown outcome may happen at any later time.
    { time: one.result === 'ok' ? one.return : Infinity, at, begins: false },
  ]);
  moments.sort((a, b) => a.time - b.time || Number(b.begins) - Number(a.begins));
  for (const { at, begins, time } of moments) {
    if (time === Infinity) break;
    const moment = edges.push([]) - 1;
    if (moment > all.length) edges[moment - 1]?.push(moment);
    if (begins) edges[moment]?.push(at);
    else edges[at]?.push(moment);
  }
}

/** A cycle, as the transactions in it; `undefined` when there is none. */
function cycleIn(graph: Graph): number[] | undefined {
  const state = new Uint8Array(graph.length); // 0: not seen, 1: on the path, 2: done
  for (const start of graph.keys()) {
    if (state[start] !== 0) continue;
    const path = [{ at: start, next: 0 }];
    state[start] = 1;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const to = graph[top.at]?.[top.next++];
      if (to === undefined) {
        state[top.at] = 2;
        path.pop();
      } else if (state[to] === 1) {
        return path.slice(path.findIndex(({ at }) => at === to)).map(({ at }) => at);
      } else if (state[to] === 0) {
        state[to] = 1;
        path.push({ at: to, next: 0 });
      }
    }
  }
  return undefined;
}
