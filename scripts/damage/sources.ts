import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.js';
import { silentLogger } from '../../src/base/log.js';
import { backupTools } from '../../src/daemon/backup.js';
import { type OpenReplica, openReplica } from '../../src/daemon/open-replica.js';
import { encodeInSlices } from '../../src/replica/index.js';
import { until } from '../waiting.js';

/** One member's directory at several moments, oldest first. */
export interface Ages {
  readonly name: string;
  readonly dirs: readonly string[];
}

/** What there is to damage, and what to damage it with: everything was made by members that ran. */
export interface Sources {
  /** Members of one cluster. */
  readonly members: readonly Ages[];
  /** A member of another cluster, under a name that is in ours too. */
  readonly stranger: string;
  /** A saved state. */
  readonly saved: string;
}

const settings = {
  listenAddr: '127.0.0.1:0',
  heartbeatMs: 50,
  electionTimeoutMs: 1_000,
  snapshotInterval: 40,
  keepEntries: 20,
  logger: silentLogger,
};

export const openMember = (dir: string, name: string, join_?: string): Promise<OpenReplica> =>
  openReplica({ ...settings, name, dataDir: dir, ...(join_ !== undefined && { join: [join_] }) });

/** Writes through the leader. */
export async function write(members: readonly OpenReplica[], count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await until('a leader', () => members.some(({ isLeader }) => isLeader));
    const leader = members.find(({ isLeader }) => isLeader);
    await leader?.store.update((tx) => void tx.nodes().create({ spec: { annotations: { name: `n${tx.version}` } } }));
  }
}

async function level(members: readonly OpenReplica[]): Promise<void> {
  await Promise.all(members.map((member) => member.linearizable(() => undefined)));
}

/**
 * Three members that live a while: with elections, snapshots of their own and of a leader, restarts, and copies of their
 * directories, of which some are as a SIGKILL leaves them (the member has them open).
 */
export async function makeSources(room: string): Promise<Sources> {
  const names = ['m1', 'm2', 'm3'];
  const open: OpenReplica[] = [];
  const ages = names.map((name) => ({ name, dirs: [] as string[] }));
  const dirOf = (name: string) => join(room, 'live', name);
  const start = async (name: string) => {
    const member = await openMember(dirOf(name), name, open[0]?.addr);
    open.push(member);
    return member;
  };
  const copy = async (name: string) => {
    const dirs = ages.find((one) => one.name === name)?.dirs ?? [];
    const to = join(room, 'ages', `${name}-${dirs.length}`);
    await cp(dirOf(name), to, { recursive: true });
    dirs.push(to);
  };
  const end = async (member: OpenReplica) => {
    open.splice(open.indexOf(member), 1);
    await member.close();
  };
  for (const name of names) await start(name);
  for (const [i, writes] of [30, 100, 35, 25].entries()) {
    await write(open, writes);
    await level(open);
    if (i % 2 === 1) for (const name of names) await copy(name); // as if it were killed
    if (i === 1) await open.find(({ isLeader }) => isLeader)?.transferLeadership();
    const last = open.find((member) => member.status().name === 'm3') as OpenReplica;
    await end(last);
    if (i % 2 === 0) await copy('m3');
    await write(open, i === 1 ? 120 : 5); // more than the others keep: it gets a snapshot
    await start('m3');
    await level(open);
  }
  const leader = open.find(({ isLeader }) => isLeader) ?? open[0];
  const saved = join(room, 'saved');
  const { clusterId, lineage, members } = (leader as OpenReplica).status();
  const content = { clusterId, lineage, members, removed: [], store: (leader as OpenReplica).store.save() };
  await backupTools.write(saved, encodeInSlices(content, systemClock), { force: true });
  for (const member of [...open].reverse()) await end(member);
  for (const name of names) await copy(name);
  return { members: ages, stranger: await makeStranger(room), saved };
}

async function makeStranger(room: string): Promise<string> {
  const dir = join(room, 'stranger');
  const member = await openMember(dir, 'm3');
  await write([member], 100);
  await member.close();
  return dir;
}

/**
 * Rolls back a member of a cluster whose others live, in a directory of its own, and starts it again. Resolves with why
 * it ended, or with nothing when it goes on for a while.
 */
export async function rollBackBesideLeader(room: string, writes: number, killed: boolean): Promise<Error | undefined> {
  const open = [await openMember(join(room, 'm1'), 'm1')];
  const [first] = open as [OpenReplica];
  const dir = join(room, 'm3');
  try {
    open.push(await openMember(join(room, 'm2'), 'm2', first.addr));
    const before = await openMember(dir, 'm3', first.addr);
    await write(open, 3);
    await level([...open, before]);
    if (killed) await cp(dir, join(room, 'old'), { recursive: true });
    else await before.close();
    if (!killed) await cp(dir, join(room, 'old'), { recursive: true });
    const again = killed ? before : await openMember(dir, 'm3', first.addr);
    await write(open, writes);
    await level([...open, again]);
    await again.close();
    await rm(dir, { recursive: true });
    await rename(join(room, 'old'), dir);
    const opened = await openMember(dir, 'm3', first.addr).catch((error: unknown) => error as Error);
    if (opened instanceof Error) return opened;
    const ended = await Promise.race([
      opened.stopped,
      new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 15_000)),
    ]);
    await opened.close();
    return ended;
  } finally {
    for (const member of open) await member.close();
  }
}
