import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { openMember, type Ran, skep } from '../support/cli-run.js';

let member: OpenReplica;
beforeAll(async () => {
  member = await openMember();
});
afterAll(() => member.close());

const create = (...args: string[]): Promise<Ran> => skep(['--host', member.addr, 'network', 'create', ...args]);
const found = (id: string) => member.store.view((tx) => tx.networks().get(id));

describe('skep network create', () => {
  it('makes an overlay network and prints its id', async () => {
    const { code, out, err } = await create('proxy');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(found(out.trim())?.spec).toMatchObject({
      annotations: { name: 'proxy', labels: {} },
      driverConfig: { name: 'overlay', options: {} },
      attachable: false,
      internal: false,
      ipv6Enabled: false,
    });
  });

  it('takes what Docker takes', async () => {
    const flags =
      '--driver macvlan --opt parent=eth0 --opt mode=bridge --label a=b --label c=d=e --attachable --internal --ipv6';
    const ipam = '--subnet 10.9.0.0/16 --ip-range 10.9.8.0/24 --gateway 10.9.0.1';
    const { out } = await create('full', ...flags.split(' '), ...ipam.split(' '), '-o', 'json');
    const [{ id = '' } = {}] = JSON.parse(out) as { id?: string }[];
    expect(found(id)?.spec).toMatchObject({
      annotations: { name: 'full', labels: { a: 'b', c: 'd=e' } },
      driverConfig: { name: 'macvlan', options: { parent: 'eth0', mode: 'bridge' } },
      attachable: true,
      internal: true,
      ipv6Enabled: true,
      ipam: { configs: [{ subnet: '10.9.0.0/16', range: '10.9.8.0/24', gateway: '10.9.0.1', reserved: {} }] },
    });
  });

  it.each([
    [['proxy2'], 0],
    [['PROXY2'], 4],
    [['a b'], 7],
    [['c', '--subnet', 'x'], 7],
    [['c', '--gateway', '10.0.0.1'], 2],
    [['c', '--opt', 'x'], 2],
    [[], 2],
    [['c', 'd'], 2],
  ])('%j exits %i', async (args, code) => {
    expect((await create(...args)).code).toBe(code);
  });

  it('leaves who and why in the history', async () => {
    await create('signed', '--actor', 'ann', '--reason', 'for the proxy');
    expect(member.store.transaction(member.store.version)).toMatchObject({ actor: 'ann', reason: 'for the proxy' });
  });
});
