import { readdirSync, statSync } from 'node:fs';
import { open, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../../src/base/errors.js';
import { systemRandom } from '../../../src/base/random.js';
import type { Cluster } from '../cluster.js';
import type { Manager } from '../manager.js';
import { pause } from '../timing.js';
import { between, type Fight, inTurn, pick, roles, type Scenario } from './scenario.js';

const turns = ['flipped bit', 'cut short', 'missing'] as const;

/** What refused a start: anything else is a refusal that does not say why. */
const named = 'DAMAGED';

/**
 * One file of a member that does not run is damaged. The member must refuse to start and name the damage, and is replaced
 * by a new one; or nothing that matters was hit, and it goes on as if nothing had happened.
 */
export const damage: Scenario = {
  async round({ cluster, notebook, signal }: Fight, turn: number): Promise<void> {
    const { leader, followers } = await roles(cluster);
    const victim = pick([leader, ...followers]);
    const what = inTurn(turns, turn);
    const how = pick(['SIGKILL', 'SIGTERM'] as const);
    if (victim === leader) notebook.leaderLost(how);
    await victim.end(how);
    const file = await damageOne(victim.dataDir, what);
    notebook.fault(what);
    await pause(between(200, 1_500), signal);
    try {
      await victim.start();
      notebook.remark(`not noticed: ${what}, ${kindOfFile(file)}`);
      victim.expectEnd(); // it may come upon the damage later
      await pause(between(1_000, 2_000), signal);
      if (!victim.isRunning) await replace(cluster, victim, victim.log);
    } catch (error) {
      notebook.remark(`refused: ${what}, ${kindOfFile(file)}`);
      await replace(cluster, victim, `${what}, ${file}: ${messageOf(error)}`);
    }
    await pause(between(300, 1_000), signal);
  },
};

async function replace(cluster: Cluster, victim: Manager, complaint: string): Promise<void> {
  if (!complaint.includes(named)) cluster.problems.push(`${victim.name} ended without naming damage: ${complaint}`);
  await cluster.remove(victim);
  await cluster.add();
}

/** Resolves with the file, below `dir`. */
async function damageOne(dir: string, what: (typeof turns)[number]): Promise<string> {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((file) => {
    const { size } = statSync(join(dir, file));
    return statSync(join(dir, file)).isFile() && size > 0;
  });
  const file = pick(files);
  const path = join(dir, file);
  const { size } = statSync(path);
  if (what === 'missing') await rm(path);
  else if (what === 'cut short') await truncate(path, systemRandom(size));
  else await flip(path, systemRandom(size), systemRandom(8));
  return file;
}

async function flip(path: string, position: number, bit: number): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, position);
    byte[0] = (byte[0] ?? 0) ^ (1 << bit);
    await handle.write(byte, 0, 1, position);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** `log/000012.ldb` is `log/*.ldb`: the numbers differ from run to run. */
const kindOfFile = (file: string): string => file.replace(/\d{4,}|[0-9a-f]{8,}/g, '*');
