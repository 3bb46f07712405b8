import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import { Coordination } from '../../src/coordination/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';

let members: OpenMembers | undefined;
let child: ChildProcess | undefined;
const clients: Client[] = [];
afterEach(async () => {
  child?.kill('SIGCONT');
  child?.kill('SIGKILL');
  for (const client of clients.splice(0)) client.close();
  await members?.close();
});

const nodes = async (client: Client) => (await client.list('node')).objects.map(({ id }) => id);

/** Starts a process that is elected, and waits until it has written. */
async function electedProcess(
  hosts: readonly string[],
  lines: string[],
): Promise<{ process: ChildProcess; epoch: number }> {
  const script = join(import.meta.dirname, '../support/elected.ts');
  const started = spawn(process.execPath, ['--import', 'tsx', script, hosts.join(','), 'only-one', '1000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  started.stdout.on('data', (data: Buffer) => lines.push(...data.toString().trim().split('\n')));
  await until('it leads and writes', () => lines.includes('wrote'), 30_000);
  return { process: started, epoch: Number(lines[0]?.split(' ')[1]) };
}

describe('a leader that is killed', () => {
  it('is followed by another when its lease is over, with a greater epoch', { timeout: 60_000 }, async () => {
    members = await OpenMembers.start(3);
    const client = new Client({ hosts: members.hosts });
    clients.push(client);
    const { process: leader, epoch } = await electedProcess(members.hosts, []);
    leader.kill('SIGKILL');
    const next = new Coordination({ client, holder: 'next' });
    expect(await next.elect('only-one', (lead) => Promise.resolve(lead.epoch), { ttlMs: 2_000 })).toBeGreaterThan(
      epoch,
    );
  });
});

describe('a leader that is stopped', () => {
  it('finds its writes refused when it wakes up: another one leads', { timeout: 60_000 }, async () => {
    members = await OpenMembers.start(3);
    const client = new Client({ hosts: members.hosts });
    clients.push(client);
    const lines: string[] = [];
    const { process: leader, epoch } = await electedProcess(members.hosts, lines);

    leader.kill('SIGSTOP');
    const next = new Coordination({ client, holder: 'next' });
    let written: string[] = [];
    const nextEpoch = await next.elect(
      'only-one',
      async (lead) => {
        written = await nodes(client);
        expect(written.length).toBeGreaterThan(0);
        await lead.update((tx) => void tx.nodes().create({ id: 'next-was-here' }));
        leader.kill('SIGCONT');
        // It wakes up, and writes before it looks at anything.
        await until('the one that slept is refused', () => lines.some((line) => line.startsWith('refused')), 15_000);
        return lead.epoch;
      },
      { ttlMs: 2_000 },
    );
    expect(nextEpoch).toBeGreaterThan(epoch);
    expect(lines.at(-1)).toMatch(/^refused LEASE_LOST/);
    expect((await nodes(client)).sort()).toEqual([...written, 'next-was-here'].sort());
  });
});
