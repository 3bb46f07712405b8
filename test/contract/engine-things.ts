import { expect, it } from 'vitest';
import { until } from '../../scripts/waiting.js';
import type { Bench } from './engine.js';
import { refusal } from './engine-client.js';

/** Images, volumes, networks. */
export function thingsContract(bench: Bench): void {
  images(bench);
  volumes(bench);
  networks(bench);
}

function images(bench: Bench): void {
  it('lists and shows images', async () => {
    const found = (await bench.c.images()).find(({ RepoTags }) => RepoTags?.includes('busybox:latest'));
    expect(found).toMatchObject({ Id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), Labels: null, ParentId: '' });
    expect(await bench.c.inspectImage('busybox')).toMatchObject({ Id: found.Id, Os: 'linux' });
    expect((await bench.c.inspectImage(found.Id)).Id).toBe(found.Id);
    expect((await bench.c.inspectImage('docker.io/library/busybox:latest')).Id).toBe(found.Id);
    expect(await refusal(bench.c.inspectImage('none'))).toBe('404 no such image: none: No such image: none:latest');
  });

  it('gives and takes names of an image', async () => {
    const { c } = bench;
    await c.tag('busybox', 'other/box', '1');
    expect((await c.inspectImage('other/box:1')).RepoTags).toContain('busybox:latest');
    expect(await c.removeImage('other/box:1')).toEqual([{ Untagged: 'other/box:1' }]);
    expect(await refusal(c.removeImage('other/box:1'))).toBe('404 No such image: other/box:1');
    expect(await refusal(c.tag('none', 'other', '1'))).toBe('404 No such image: none:latest');
    expect(await refusal(c.tag('busybox', 'OTHER', '1'))).toBe(
      '500 invalid reference format: repository name must be lowercase',
    );
  });

  it('makes an image of a container, and removes it when nobody has it', async () => {
    const { c } = bench;
    const id = await bench.running();
    const made = await c.commit(id, 'committed', 'v1');
    expect((await c.inspectImage('committed:v1')).Id).toBe(made);
    const user = await c.create('of-committed', { Image: 'committed:v1', Cmd: ['true'] });
    expect(await refusal(c.removeImage('committed:v1'))).toBe(
      '409 conflict: unable to remove repository reference "committed:v1" (must force) - ' +
        `container ${user.slice(0, 12)} is using its referenced image ${made.slice(7, 19)}`,
    );
    await c.remove(user);
    const removed = await c.removeImage('committed:v1');
    expect(removed.slice(0, 2)).toEqual([{ Untagged: 'committed:v1' }, { Deleted: made }]);
    expect(await refusal(c.commit('nobody', 'x1', 'y'))).toBe('404 No such container: nobody');
  });

  it('refuses to pull what is no reference', async () => {
    expect(await refusal(bench.c.pull('Foo:latest'))).toBe(
      '400 invalid reference format: repository name must be lowercase',
    );
  });

  it('tells of images', async () => {
    const events = await bench.c.follow({ filters: { type: ['image'] } });
    await bench.c.tag('busybox', 'told', '1');
    await bench.c.removeImage('told:1');
    await until('both are told', () => events.seen.length === 2);
    events.stop();
    const { Id } = await bench.c.inspectImage('busybox');
    expect(events.seen.map(({ Action, Actor }) => [Action, Actor])).toEqual([
      ['tag', { ID: Id, Attributes: { name: 'told:1' } }],
      ['untag', { ID: Id, Attributes: { name: Id } }],
    ]);
  });
}

function volumes(bench: Bench): void {
  it('creates a volume, and again to no effect', async () => {
    const { c } = bench;
    const made = await c.createVolume({ Name: 'vol1', Labels: { a: 'b' } });
    expect(made).toMatchObject({ Name: 'vol1', Driver: 'local', Labels: { a: 'b' }, Options: null, Scope: 'local' });
    expect(made.Mountpoint).toMatch(/\/volumes\/vol1\/_data$/);
    expect(await c.createVolume({ Name: 'vol1' })).toEqual(made);
    expect(await c.inspectVolume('vol1')).toEqual(made);
    expect((await c.volumes()).map(({ Name }) => Name)).toEqual(['vol1']);
    expect(await c.volumes({ label: ['a=c'] })).toEqual([]);
    expect((await c.createVolume({ Name: '' })).Name).toMatch(/^[0-9a-f]{64}$/);
  });

  it('keeps a volume that a container has', async () => {
    const { c } = bench;
    const id = await bench.made(['true'], { HostConfig: { Binds: ['vol2:/data'] } });
    expect((await c.inspect(id)).Mounts).toEqual([
      expect.objectContaining({
        Type: 'volume',
        Name: 'vol2',
        Destination: '/data',
        Driver: 'local',
        Mode: 'z',
        RW: true,
      }),
    ]);
    expect(await refusal(c.removeVolume('vol2'))).toBe(`409 remove vol2: volume is in use - [${id}]`);
    await c.remove(id);
    await c.removeVolume('vol2');
    expect(await refusal(c.inspectVolume('vol2'))).toBe('404 get vol2: no such volume');
    expect(await refusal(c.removeVolume('vol2'))).toBe('404 get vol2: no such volume');
  });

  it('refuses a name that is none', async () => {
    expect(await refusal(bench.c.createVolume({ Name: 'v/1' }))).toBe(
      '400 create v/1: "v/1" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" ' +
        'are allowed. If you intended to pass a host directory, use absolute path',
    );
  });

  it('removes anonymous volumes with their container', async () => {
    const { c } = bench;
    const id = await bench.made(['true'], { Volumes: { '/data': {} } });
    expect(await c.volumes()).toHaveLength(1);
    await c.remove(id, { v: true });
    expect(await c.volumes()).toEqual([]);
  });

  it('tells of volumes', async () => {
    const events = await bench.c.follow({ filters: { type: ['volume'] } });
    const id = await bench.running(['true'], { HostConfig: { Binds: ['vol3:/data'] } });
    await bench.becomes(id, 'exited');
    await bench.c.remove(id);
    await bench.c.removeVolume('vol3');
    await until('all is told', () => events.seen.length === 4);
    events.stop();
    expect(events.seen.map(({ Action, Actor: { ID } }) => `${Action} ${ID}`)).toEqual([
      'create vol3',
      'mount vol3',
      'unmount vol3',
      'destroy vol3',
    ]);
    const [, mount, unmount] = events.seen.map(({ Actor: { Attributes } }) => Attributes);
    expect(mount).toEqual({
      container: id,
      destination: '/data',
      driver: 'local',
      propagation: '',
      'read/write': 'true',
    });
    expect(unmount).toEqual({ container: id, driver: 'local' });
  });
}

function networks(bench: Bench): void {
  it('has three networks from the start', async () => {
    const found = (await bench.c.networks()).map(({ Name, Driver, Scope }) => `${Name} ${Driver} ${Scope}`).sort();
    expect(found).toEqual(['bridge bridge local', 'host host local', 'none null local']);
  });

  it('creates a network, and no second one of the name', async () => {
    const { c } = bench;
    const id = await c.createNetwork({ Name: 'net1', CheckDuplicate: true, Labels: { q: '1' } });
    expect(await c.inspectNetwork('net1')).toMatchObject({
      Id: id,
      Name: 'net1',
      Driver: 'bridge',
      Scope: 'local',
      Internal: false,
      Containers: {},
      Options: {},
      Labels: { q: '1' },
    });
    expect((await c.inspectNetwork(id.slice(0, 12))).Id).toBe(id);
    expect(await refusal(c.createNetwork({ Name: 'net1', CheckDuplicate: true }))).toBe(
      '409 network with name net1 already exists',
    );
    expect((await c.networks({ label: ['q=1'] })).map(({ Name }) => Name)).toEqual(['net1']);
    await c.removeNetwork('net1');
    expect(await refusal(c.removeNetwork('net1'))).toBe('404 network net1 not found');
    expect(await refusal(c.inspectNetwork('net1'))).toBe('404 network net1 not found');
  });

  it.each([
    [{ Name: 'bridge' }, '403 operation is not permitted on predefined bridge network '],
    [{ Name: '' }, '500 invalid name: '],
  ])('refuses the network %j', async (body, text) => {
    expect(await refusal(bench.c.createNetwork(body))).toBe(text);
  });

  it('keeps its own networks', async () => {
    expect(await refusal(bench.c.removeNetwork('bridge'))).toBe(
      '403 bridge is a pre-defined network and cannot be removed',
    );
  });

  it('puts a container into its network while it runs', async () => {
    const { c } = bench;
    const network = await c.createNetwork({ Name: 'net2', CheckDuplicate: true });
    const id = await c.create('in-net2', {
      Image: 'busybox',
      Cmd: ['sleep', '1000'],
      HostConfig: { NetworkMode: 'net2' },
      NetworkingConfig: { EndpointsConfig: { net2: { Aliases: ['web'] } } },
    });
    expect((await c.inspect(id)).NetworkSettings.Networks).toEqual({
      net2: expect.objectContaining({ NetworkID: '', IPAddress: '' }),
    });
    await c.start(id);
    const { net2 } = (await c.inspect(id)).NetworkSettings.Networks;
    expect(net2.NetworkID).toBe(network);
    expect(net2.IPAddress).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(net2.Aliases).toEqual(['web', id.slice(0, 12)]);
    const { Containers } = await c.inspectNetwork('net2');
    expect(Containers[id]).toMatchObject({
      Name: 'in-net2',
      IPv4Address: expect.stringContaining(`${net2.IPAddress}/`),
    });
    expect(await refusal(c.removeNetwork('net2'))).toBe(
      `403 error while removing network: network net2 id ${network} has active endpoints`,
    );
    await c.stop(id, 0);
    expect((await c.inspectNetwork('net2')).Containers).toEqual({});
  });

  it('connects and disconnects', async () => {
    const { c } = bench;
    await c.createNetwork({ Name: 'net3', CheckDuplicate: true });
    const id = await c.create('joins', { Image: 'busybox', Cmd: ['sleep', '1000'] });
    await c.connect('net3', id);
    await c.connect('net3', id); // again, before it runs
    await c.start(id);
    expect(Object.keys((await c.inspect(id)).NetworkSettings.Networks).sort()).toEqual(['bridge', 'net3']);
    expect(await refusal(c.connect('net3', id))).toBe('403 endpoint with name joins already exists in network net3');
    await c.disconnect('net3', id);
    expect(await refusal(c.disconnect('net3', id))).toBe(`500 container ${id} is not connected to network net3`);
    expect(await refusal(c.connect('nowhere', id))).toBe('404 network nowhere not found');
    expect(await refusal(c.connect('net3', 'nobody'))).toBe('404 No such container: nobody');
  });

  it('does not start what has a network that is not there', async () => {
    const id = await bench.made(['true'], { HostConfig: { NetworkMode: 'nowhere' } });
    expect(await refusal(bench.c.start(id))).toBe('404 network nowhere not found');
    expect((await bench.c.inspect(id)).State).toMatchObject({ Status: 'created', ExitCode: 128 });
  });

  it('tells of networks', async () => {
    const events = await bench.c.follow({ filters: { type: ['network'] } });
    const id = await bench.c.createNetwork({ Name: 'net4' });
    await bench.c.removeNetwork('net4');
    await until('both are told', () => events.seen.length === 2);
    events.stop();
    expect(events.seen.map(({ Action, Actor }) => [Action, Actor])).toEqual([
      ['create', { ID: id, Attributes: { name: 'net4', type: 'bridge' } }],
      ['destroy', { ID: id, Attributes: { name: 'net4', type: 'bridge' } }],
    ]);
  });
}
