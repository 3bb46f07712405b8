import { spawn, type ChildProcess } from 'node:child_process';
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

describe('a leader that is stopped', () => {
  it('finds its writes refused when it wakes up: another one leads', { timeout: 60_000 }, async () => {
    members = await OpenMembers.start(3);
    const client = new Client({ hosts: members.hosts });
    clients.push(client);
    const script = join(import.meta.dirname, '../support/elected.ts');
    const lines: string[] = [];
    child = spawn(process.execPath, ['--import', 'tsx', script, members.hosts.join(','), 'only-one', '1000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout?.on('data', (data: Buffer) => lines.push(...data.toString().trim().split('\n')));
    await until('it leads and writes', () => lines.includes('wrote'), 30_000);
    const epoch = Number(lines[0]?.split(' ')[1]);

    child.kill('SIGSTOP');
    const next = new Coordination({ client, holder: 'next' });
    let written: string[] = [];
    const nextEpoch = await next.elect(
      'only-one',
      async (lead) => {
        written = await nodes(client);
        expect(written.length).toBeGreaterThan(0);
        await lead.update((tx) => void tx.nodes().create({ id: 'next-was-here' }));
        child?.kill('SIGCONT');
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
