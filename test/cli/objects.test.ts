import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { openMember, type Ran, skep } from '../support/cli-run.js';

let member: OpenReplica;
const on = (...args: string[]): Promise<Ran> => skep(['--host', member.addr ?? '', ...args]);

beforeAll(async () => {
  member = await openMember();
  await member.store.update((tx) => {
    tx.nodes().create({ id: 'node1', description: { hostname: 'alpha' }, spec: { availability: 'drain' } });
    tx.nodes().create({ id: 'node2', description: { hostname: 'twin' }, role: 'manager' });
    tx.nodes().create({ id: 'node3', description: { hostname: 'twin' } });
    tx.services().create({
      id: 'svc1',
      spec: { annotations: { name: 'web' }, task: { container: { image: 'nginx' } }, mode: { replicated: { replicas: 3 } } },
    });
    tx.services().create({ id: 'web', spec: { annotations: { name: 'svc' }, mode: { global: {} } } });
    tx.tasks().create({ id: 'task1', serviceId: 'svc1', slot: 1, serviceAnnotations: { name: 'web' }, nodeId: 'node1' });
    tx.networks().create({ id: 'net1', spec: { annotations: { name: 'front' }, driverConfig: { name: 'bridge' } } });
    tx.clusters().create({ id: 'clu1', spec: { annotations: { name: 'default' } } });
  }); // prettier-ignore
});
afterAll(() => member.close());

describe('ls', () => {
  it.each([
    ['node', 'ID NAME ROLE STATE AVAILABILITY TASKS ENGINE MESSAGE VERSION', 'node1 alpha worker unknown drain 1 1'],
    ['service', 'ID NAME MODE IMAGE TASKS PORTS UPDATE VERSION', 'svc1 web replicated 3 nginx 0/3 1'],
    ['task', 'ID NAME NODE DESIRED STATE VERSION', 'task1 web.1.task1 node1 new new 1'],
    ['network', 'ID NAME DRIVER VERSION', 'net1 front bridge 1'],
    ['cluster', 'ID NAME VERSION', 'clu1 default 1'],
  ])('of %s is a table with a heading, without colours', async (kind, heading, row) => {
    const { code, out, err } = await on(kind, 'ls');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.split('\n').map((line) => line.trim().replace(/ +/g, ' '));
    expect(lines[0]).toBe(heading);
    expect(lines).toContain(row);
    const names = (await on(kind, 'ls', '-o', 'name')).out.trimEnd().split('\n');
    expect(names).toEqual([...names].sort());

    expect(out).not.toMatch(/\u001b/);
    expect(out).not.toMatch(/[ \t]\n/);
  });

  it('as json is an array of the objects, as ndjson one a line, as name the names, ids where two have the same', async () => {
    const stored = member.store.view((tx) => tx.nodes().find());
    expect(JSON.parse((await on('node', 'ls', '-o', 'json')).out)).toEqual(stored);
    const lines = (await on('-o', 'ndjson', 'node', 'ls')).out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(stored);
    expect((await on('node', 'ls', '--output', 'name')).out).toBe('alpha\nnode2\nnode3\n');
  });

  it('of nothing is a heading alone, an empty array, or nothing', async () => {
    const empty = await openMember({ name: 'empty' });
    const ls = (format: string) => skep(['--host', empty.addr ?? '', 'node', 'ls', '-o', format]);
    expect((await ls('table')).out).toMatch(/^ID +NAME +ROLE +STATE +AVAILABILITY +TASKS +ENGINE +MESSAGE +VERSION\n$/);
    expect((await ls('json')).out).toBe('[]\n');
    expect((await ls('ndjson')).out).toBe('');
    expect((await ls('name')).out).toBe('');
    await empty.close();
  });
});

describe('inspect', () => {
  it.each([
    ['an id', 'svc1', 'svc1'],
    ['a name', 'front', 'net1'],
    ['a name in other letters', 'FRONT', 'net1'],
    ['the beginning of an id', 'net', 'net1'],
    ['an id rather than a name', 'web', 'web'],
    ['a name rather than the beginning of an id', 'svc', 'web'],
  ])('finds by %s', async (_what, given, id) => {
    const kind = given === 'front' || given === 'FRONT' || given === 'net' ? 'network' : 'service';
    const { code, out } = await on(kind, 'inspect', given);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(member.store.view((tx) => tx[`${kind}s` as const]().get(id)));
  });

  it('prints one line as ndjson, and the name as name', async () => {
    const { out } = await on('node', 'inspect', 'alpha', '-o', 'ndjson');
    expect(out.match(/\n/g)).toHaveLength(1);
    expect((await on('node', 'inspect', 'node1', '-o', 'name')).out).toBe('alpha\n');
  });

  it.each(['node', 'service', 'task', 'network', 'cluster'])('says that there is no such %s: 3', async (kind) => {
    const { code, out, err } = await on(kind, 'inspect', 'nobody');
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toBe(`skep: NOT_FOUND: there is no ${kind} "nobody"\n`);
  });

  it.each([
    ['the beginning of several ids', 'node'],
    ['the name of several', 'twin'],
  ])('does not guess when given %s', async (_what, given) => {
    const { code, out, err } = await on('node', 'inspect', given);
    expect({ code, out }).toEqual({ code: 7, out: '' });
    expect(err).toMatch(new RegExp(`"${given}" matches more than one node; give more of the id`));
  });
});

describe('rm', () => {
  it('removes by id and name, in one transaction, and prints the ids', async () => {
    await member.store.update((tx) => {
      for (const id of ['gone1', 'other1', 'third1']) tx.nodes().create({ id, description: { hostname: `h-${id}` } });
    });
    const before = member.store.version;
    expect(await on('node', 'rm', 'gone1', 'h-other1', 'third1')).toEqual({
      code: 0,
      out: 'gone1\nother1\nthird1\n',
      err: '',
    });
    expect(member.store.version).toBe(before + 1);
    expect(member.store.view((tx) => tx.nodes().get('gone1'))).toBeUndefined();
  });

  it.each([
    ['is not there', 'nobody', 3],
    ['fits several', 'twin', 7],
  ])('removes nothing when one of them %s', async (_what, given, code) => {
    const { version } = member.store;
    expect(await on('node', 'rm', 'alpha', given)).toMatchObject({ code, out: '' });
    expect(member.store.version).toBe(version);
  });

  it('takes the same one twice for one', async () => {
    await member.store.update((tx) => tx.nodes().create({ id: 'double1', description: { hostname: 'double' } }));
    expect(await on('node', 'rm', 'double1', 'double')).toEqual({ code: 0, out: 'double1\n', err: '' });
  });

  it('does not take an empty word for the only object that there is', async () => {
    expect(await on('cluster', 'rm', '')).toMatchObject({ code: 3, out: '' });
    expect(member.store.view((tx) => tx.clusters().find())).toHaveLength(1);
  });
});
