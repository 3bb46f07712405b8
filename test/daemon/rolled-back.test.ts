import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { diagnose } from '../../src/daemon/doctor.js';
import { type OpenReplica, openReplica } from '../../src/daemon/open-replica.js';
import { copyDir } from '../support/disk-data.js';
import { tempDirs } from '../support/disk-dirs.js';

const makeDir = tempDirs();

describe('a member whose whole directory is an old copy', { timeout: 120_000 }, () => {
  let dir: string;
  let open: OpenReplica[];

  beforeEach(async () => {
    dir = await makeDir();
    open = [];
  });

  afterEach(async () => {
    for (const member of open) await member.close();
  });

  /** Starts m1 to m3, the first of which begins the cluster. */
  async function start(name: string): Promise<OpenReplica> {
    const [first] = open;
    const member = await openReplica({
      name,
      dataDir: join(dir, name),
      listenAddr: '127.0.0.1:0',
      logger: silentLogger,
      heartbeatMs: 20,
      electionTimeoutMs: 2_000,
      ...(first && { join: [first.addr] }),
    });
    open.push(member);
    return member;
  }

  async function write(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await open[0]?.store.update((tx) => void tx.nodes().create({}));
  }

  /** Ends m3, keeps a copy of its directory, lets it acknowledge more, ends it, and puts the copy back. */
  async function rollBack(): Promise<void> {
    for (const name of ['m1', 'm2']) await start(name);
    const before = await start('m3');
    await write(5);
    await before.close();
    open.pop();
    await copyDir(join(dir, 'm3'), join(dir, 'old'));
    const again = await start('m3');
    await write(20);
    await again.linearizable(() => undefined); // so it has acknowledged everything
    await again.close();
    open.pop();
    await rm(join(dir, 'm3'), { recursive: true });
    await copyDir(join(dir, 'old'), join(dir, 'm3'));
  }

  /** Why a start, or the member after it, ended. */
  const endOfStart = () =>
    start('m3').then(
      (member) => member.stopped,
      (error: unknown) => error as Error,
    );

  it('is stopped as DAMAGED by the leader that knows what it acknowledged, and does not start again', async () => {
    await rollBack();
    const reason = await endOfStart();
    expect(reason).toMatchObject({ code: 'DAMAGED' });
    expect(reason?.message).toMatch(
      /the log ends at entry \d+, and this member had acknowledged entry \d+ to the leader/,
    );
    expect(reason?.message).toContain('join again with an empty directory');
    open.splice(2); // it has ended
    await write(1); // the others go on
    for (const member of open.splice(0)) await member.close();
    await expect(start('m3')).rejects.toMatchObject({ code: 'DAMAGED' }); // though nobody is there to tell it
    const diagnosis = await diagnose(join(dir, 'm3'), new AbortController().signal);
    expect(diagnosis).toMatchObject({ verdict: 'damaged' });
    expect(diagnosis?.parts[0]?.wrong[0]).toContain('was stopped before, as damaged: the log ends at entry');
  });
});
