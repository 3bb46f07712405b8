import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { drivers, engines, leases, type NodeState } from '../../src/kinds/index.js';
import { openMember, type Ran, skep } from '../support/cli-run.js';

let member: OpenReplica;
beforeAll(async () => {
  member = await openMember();
});
afterAll(() => member.close());

const fleet = (...args: string[]): Promise<Ran> => skep(['--host', member.addr, 'fleet', ...args]);
const statusOf = (id: string) => member.store.view((tx) => tx.nodes().get(id)?.status);

/** Three engines of one manager: one is ready, one held, and one has never answered. */
async function fill(): Promise<void> {
  await member.store.update((tx) => {
    tx.kind(leases).create({ id: 'l', ttlMs: 3_600_000 });
    tx.kind(drivers).create({ id: 'd', member: '1', name: 'm1', addr: '10.0.0.1:4242', ingress: '10.0.0.1', lease: 'l' });
    const engine = { listed: true, want: 'd', apiVersion: '1.41' };
    tx.kind(engines).create({ ...engine, addr: '10.0.0.10:2375', state: 'pending', want: '', apiVersion: '', error: 'connection refused', failures: 3 });
    tx.kind(engines).create({ ...engine, addr: '10.0.0.9:2375', engineId: 'B', nodeId: 'n2', state: 'unhealthy', listed: false });
    tx.kind(engines).create({ ...engine, addr: '10.0.0.2:2375', engineId: 'A', nodeId: 'n1', state: 'healthy' });
    const node = (id: string, state: NodeState) =>
      tx.nodes().create({ id, description: { hostname: `host-${id}` }, engine: { addr: 'x' }, status: { state, timestamp: 5 } });
    node('n1', 'ready');
    node('n2', 'unknown');
    tx.nodes().create({ id: 'n3', engine: { addr: 'x' } }); // just made: its engine was not judged yet
    tx.nodes().create({ id: 'n4', status: { state: 'unknown', timestamp: 5 } });
  });
} // prettier-ignore

describe('skep fleet', () => {
  it('says that no manager drives engines', async () => {
    expect(await fleet('status')).toMatchObject({
      code: 0,
      out: '0 engines, 0 healthy\nno manager drives engines: start one with --fleet\n',
    });
    expect(await fleet('resume')).toMatchObject({ code: 0, out: '', err: 'skep: no node is held\n' });
  });

  it('lists engines with their nodes, drivers and errors', async () => {
    await fill();
    const { code, out } = await fleet('ls');
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['ADDR', 'NODE', 'ENGINE', 'STATE', 'DRIVER', 'API', 'ERROR'],
      ['10.0.0.2:2375', 'host-n1', 'healthy', 'ready', 'm1', '1.41'],
      ['10.0.0.9:2375', 'host-n2', 'unhealthy, not in discovery', 'unknown, held', 'm1', '1.41'],
      ['10.0.0.10:2375', 'pending', 'connection refused'],
    ]);
    const rows = JSON.parse((await fleet('ls', '-o', 'json')).out) as object[];
    expect(rows[1]).toMatchObject({ engineId: 'B', node: 'n2', held: true, listed: false, driver: 'm1' });
  }); // prettier-ignore

  it('counts them', async () => {
    expect((await fleet('status')).out.split('\n')).toEqual([
      '3 engines, 1 healthy',
      'driven by m1 2',
      'ingress ports are published at 10.0.0.1 (m1)',
      'no manager reaches 10.0.0.10:2375',
      'held: 10.0.0.9:2375; most nodes went silent at once, which is a sign of a broken network',
      'their tasks stay until they answer; "skep fleet resume" gives them up',
      '',
    ]);
    expect(JSON.parse((await fleet('status', '-o', 'json')).out)).toEqual({
      engines: 3,
      healthy: 1,
      held: ['10.0.0.9:2375'],
      undriven: ['10.0.0.10:2375'],
      managers: [{ name: 'm1', addr: '10.0.0.1:4242', engines: 2, ingress: '10.0.0.1' }],
    });
  });

  it('gives up nodes that are held, and no others', async () => {
    const { code, out } = await fleet('resume', '--actor', 'ann', '--reason', 'they burned');
    expect({ code, out }).toEqual({ code: 0, out: 'node/n2\n' });
    const { events = [], actor, reason } = member.store.transaction(member.store.version) ?? {};
    expect({ actor, reason }).toEqual({ actor: 'ann', reason: 'they burned' });
    expect(events.map(({ object }) => object.id)).toEqual(['n2']);
    expect(statusOf('n2')).toMatchObject({ state: 'down', message: 'given up by "skep fleet resume"' });
    expect(statusOf('n4')?.state).toBe('unknown');
    expect((await fleet('resume')).out).toBe('');
  });
});
