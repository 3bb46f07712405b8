import { type History, isWrite, type Operation } from '../history.js';

/** What must have happened at least, for a run to say anything. */
export interface Floor {
  readonly writes: number;
  readonly reads: number;
  readonly watchEvents: number;
  readonly finals: number;
  readonly faults: number;
}

/** Why a run says nothing, as sentences; none when enough has happened. */
export function emptiness(history: History, faults: number, floor: Floor): string[] {
  const good = history.operations.filter(({ result }) => result === 'ok');
  const writes = good.filter(isWrite).length;
  const counts = [
    { what: 'acknowledged writes', count: writes, least: floor.writes },
    { what: 'answered reads', count: good.length - writes, least: floor.reads },
    { what: 'events of watches', count: history.events.length, least: floor.watchEvents },
    { what: 'members that told their last state', count: history.finals.length, least: floor.finals },
    { what: 'faults', count: faults, least: floor.faults },
    { what: 'clients at the same time', count: mostAtOnce(good), least: 2 },
  ];
  return counts.flatMap(({ what, count, least }) =>
    count < least ? [`only ${count} ${what}, at least ${least} are needed`] : [],
  );
}

/** Of how many clients operations were under way at one moment. */
export function mostAtOnce(operations: readonly Operation[]): number {
  const turns = operations.flatMap(({ call, return: returned, client }) => [
    { at: call, by: 1, client },
    { at: returned, by: -1, client },
  ]);
  // An end and a beginning at the same moment do not overlap.
  turns.sort((a, b) => a.at - b.at || a.by - b.by);
  const under = new Map<number, number>();
  let most = 0;
  for (const { by, client } of turns) {
    const left = (under.get(client) ?? 0) + by;
    if (left > 0) under.set(client, left);
    else under.delete(client);
    most = Math.max(most, under.size);
  }
  return most;
}
