import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { Folder, freePort, skep } from '../support/cli-run.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';

/** A wait of ours that ended at this would fail the tests by their own time limit. */
const timeout = ['--timeout', '1h'];
const without = 'no leader: 1 of 3 voters answers (m1 answers; m2, m3 do not)';

let members: OpenMembers;
let folder: Folder;
let m1: OpenReplica;

beforeAll(async () => {
  members = await OpenMembers.start(3);
  folder = await Folder.make();
  m1 = members.all[0] as OpenReplica;
  const leader = await members.leader();
  await until('all vote', () => leader.status().members.every(({ role }) => role === 'voter'));
  await leader.store.update((tx) => tx.nodes().create({ id: 'n1', description: { hostname: 'one' } }));
  await until('m1 has the node', () => m1.store.version === 1 && m1.status().members.length === 3);
  for (const member of members.all.slice(1)) await members.end(member);
  await until('nobody leads', () => m1.status().leader === undefined);
});
afterAll(async () => {
  await members.close();
  await folder.remove();
});

const ask = (...args: string[]) => skep(['--host', m1.addr, ...timeout, ...args]);

describe.concurrent('without a quorum', () => {
  it.each([
    ['node ls'],
    ['ls nodes'],
    ['node inspect n1'],
    ['inspect node/n1'],
    ['history node/n1'],
    ['rm node/n1'],
    ['node rm n1'],
    ['network create front'],
    ['apply FILE'],
    ['apply FILE --dry-run'],
    ['member add m4'],
    ['member rm m3 --force'],
    ['member promote m3'],
    ['member transfer'],
    ['catalog ls'],
    ['catalog deregister i1'],
    ['catalog register web 10.0.0.1:80'],
    ['catalog watch web'],
    ['lock l1 -- echo run'],
    ['lock l1 --no-wait -- echo run'],
    ['elect e1 -- echo run'],
    ['watch'],
    ['watch node --from 0'],
    ['snapshot save SAVED'],
  ])('%s says who answers, long before --timeout: 5', async (line) => {
    const file = await folder.write('compose.yaml', 'services: { web: { image: nginx } }');
    const words = line.split(' ').map((word) => (word === 'FILE' ? file : word === 'SAVED' ? `${file}.saved` : word));
    const { code, out, err } = await ask(...words);
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toBe(`skep: QUORUM_LOST: ${without}; start them, or remove what is lost for good\n`);
  });

  it('is an error of the client that names who does not answer', async () => {
    const client = new Client({ hosts: [m1.addr] });
    try {
      await expect(client.checkQuorum()).rejects.toMatchObject({
        code: 'QUORUM_LOST',
        details: { unreached: ['m2', 'm3'] },
      });
    } finally {
      client.close();
    }
  });

  it('status says so, and with --check exits with 5', async () => {
    const { code, out, err } = await ask('status');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')[0]).toMatch(/^cluster \S+, term \d+, version 1, /);
    expect(out.split('\n')[0]).toContain(without);
    const checked = await ask('status', '--check', '-o', 'json');
    expect({ code: checked.code, err: checked.err }).toEqual({ code: 5, err: `skep: ${without}\n` });
    expect(JSON.parse(checked.out)).toMatchObject({ leader: null });
  });

  it.each([['node ls -o json'], ['ls nodes -o json'], ['node inspect n1'], ['inspect node/one'], ['history node/n1']])(
    '%s --stale reads what one member holds: 0',
    async (line) => {
      const { code, out, err } = await ask(...line.split(' '), '--stale');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/n1|create/);
    },
  );
});

describe('with a quorum', () => {
  it('status --check exits with 0', async () => {
    const alone = await OpenMembers.start(1);
    await alone.leader();
    const { code, err } = await skep(['--host', alone.hosts[0] ?? '', 'status', '--check']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await alone.close();
  });
});

describe.concurrent('a host that cannot be reached', () => {
  it.each([['node ls'], ['status'], ['watch'], ['network create x'], ['lock x -- true'], ['elect x -- true']])('says within a second or two why: 5 (%s)', async (line) => {
    const nobody = `127.0.0.1:${await freePort()}`;
    const { code, out, err } = await skep(['--host', nobody, ...timeout, ...line.split(' ')]);
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toBe(
      `skep: NOT_LEADER: no member answers at ${nobody}: connection refused: is one running there? (--host or SKEP_HOST)\n`,
    );
  }); // prettier-ignore

  it('is said to have a name that DNS does not know: 5', async () => {
    const { code, err } = await skep(['--host', 'nobody.invalid', ...timeout, 'node', 'ls']);
    expect(code).toBe(5);
    expect(err).toBe(
      'skep: NOT_LEADER: no member answers at nobody.invalid:4242: the name nobody.invalid does not resolve in DNS: is it spelled right? (--host or SKEP_HOST)\n',
    );
  });

  it.each([['lock x -- true'], ['elect x -- true'], ['catalog register web 10.0.0.1:80']])(
    'is waited for for --timeout when it is silent: 124 (%s)',
    async (line) => {
      const silent = createServer().listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port } = silent.address() as AddressInfo;
      const { code, out, err } = await skep(['--host', `127.0.0.1:${port}`, '--timeout', '2s', ...line.split(' ')]);
      silent.close();
      expect({ code, out }).toEqual({ code: 124, out: '' });
      expect(err).toContain(`no answer from 127.0.0.1:${port} within 2000 ms`);
    },
  );
});
