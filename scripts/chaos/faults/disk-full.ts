import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock } from '../../../src/base/clock.js';
import { messageOf } from '../../../src/base/errors.js';
import { settledWithin } from '../../../src/base/waiting.js';
import type { Manager } from '../manager.js';
import { pause } from '../timing.js';
import { between, type Fight, roles, type Scenario } from './scenario.js';

const diskMiB = 48;
/** A member whose disk is full must have ended after this long under load, milliseconds. */
const endsWithinMs = 15_000;
/** How much more than its longest file a member may write when there is no disk of its own, KiB. */
const roomKiB = 64;

const mounted: string[] = [];

/**
 * No room: on a small disk in memory that something else fills up, or, where mounting is not permitted, by a limit for the
 * files of the process. The member must end, lose nothing, and go on when there is room again.
 */
export const diskFull: Scenario = {
  async place(dir: string, name: string): Promise<string> {
    const disk = join(dir, `${name}-disk`);
    await mkdir(disk);
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMiB}m`, 'skep-chaos', disk]);
    if (status === 0) mounted.push(disk);
    return join(disk, 'data');
  },
  cleanUp(): void {
    for (const disk of mounted.splice(0)) spawnSync('umount', ['-l', disk]);
  },
  async round(fight: Fight, turn: number): Promise<void> {
    const { cluster, signal } = fight;
    const { leader, followers } = await roles(cluster);
    const [first = leader] = followers;
    const victim = turn % 2 === 0 ? leader : first;
    if (mounted.includes(dirname(victim.dataDir))) await fill(fight, victim, victim === leader);
    else await limit(fight, victim);
    try {
      await victim.start();
    } catch (error) {
      cluster.problems.push(`${victim.name} does not start when there is room again: ${messageOf(error)}`);
      await cluster.remove(victim);
      await cluster.add();
    }
    await pause(between(500, 1_500), signal);
  },
};

async function fill({ cluster, notebook, signal }: Fight, victim: Manager, leads: boolean): Promise<void> {
  const ballast = join(dirname(victim.dataDir), 'ballast');
  victim.expectEnd();
  try {
    await fillUp(ballast);
    await ending({ cluster, notebook }, victim, `full disk for ${leads ? 'leader' : 'follower'}`);
    if (leads) notebook.leaderLost('full disk');
    await pause(between(800, 1_800), signal);
    await startWithoutRoom({ cluster, notebook }, victim);
  } finally {
    await rm(ballast, { force: true });
  }
}

/** A start without room may fail; it must not make anything worse, nor say that it is worse. */
async function startWithoutRoom({ cluster, notebook }: Omit<Fight, 'signal'>, victim: Manager): Promise<void> {
  try {
    await victim.start();
    notebook.remark('starts without room that went well');
    await victim.end('SIGKILL');
  } catch (error) {
    notebook.remark('starts without room that failed');
    if (messageOf(error).includes('DAMAGED'))
      cluster.problems.push(`${victim.name} takes a full disk for damage: ${messageOf(error)}`);
  }
}

async function limit({ cluster, notebook }: Fight, victim: Manager): Promise<void> {
  await victim.end('SIGTERM');
  const longest = Math.max(
    ...readdirSync(victim.dataDir, { recursive: true, encoding: 'utf8' }).map((file) =>
      existsSync(join(victim.dataDir, file)) ? statSync(join(victim.dataDir, file)).size : 0,
    ),
  );
  await victim.start({ limitKiB: Math.ceil(longest / 1_024) + roomKiB });
  victim.expectEnd();
  await ending({ cluster, notebook }, victim, 'limit for the length of files');
}

/** Waits for the end that a full disk must bring, with exit code 1: not a crash, and not a clean end. */
async function ending({ cluster, notebook }: Omit<Fight, 'signal'>, victim: Manager, what: string): Promise<void> {
  await settledWithin(systemClock, endsWithinMs, victim.ended());
  if (victim.isRunning) {
    cluster.problems.push(`${victim.name} went on for ${endsWithinMs} ms without room`);
    await victim.end('SIGKILL');
    return;
  }
  const code = await victim.ended();
  notebook.fault(what);
  if (code !== 1) cluster.problems.push(`${victim.name} ended with ${code} for want of room: ${victim.log}`);
}

async function fillUp(file: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for (let bytes = 1_048_576; bytes >= 512;) {
      try {
        const { bytesWritten } = await handle.write(Buffer.alloc(bytes));
        if (bytesWritten < bytes) bytes /= 2;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        bytes /= 2;
      }
    }
  } finally {
    await handle.close();
  }
}
