import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import { defineKind, schema, specVersionOf } from '../../src/kinds/index.js';
import type { MemoryStore } from '../../src/state/index.js';
import { openMember } from '../support/cli-run.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';
import { codeOf } from '../support/state-events.js';

const apps = defineKind({
  name: 'app',
  schema: schema.object({ spec: schema.object({ image: schema.text() }), state: schema.text('new') }),
});
const points = defineKind({ name: 'point', schema: schema.object({ x: schema.int() }) });

const named = (name: string, labels: Record<string, string> = {}) => ({ annotations: { name, labels } });

describe('an update that names the version of the spec', () => {
  let members: OpenMembers;
  let client: Client;
  let store: MemoryStore;

  beforeEach(async () => {
    members = await OpenMembers.start(3, { kinds: [apps, points] });
    ({ store } = await members.leader());
    client = new Client({ hosts: [(await members.follower()).addr] });
  });
  afterEach(async () => {
    client.close();
    await members.close();
  });

  const status = (id: string, message: string) =>
    store.update((tx) => {
      const node = tx.nodes().get(id);
      if (node) tx.nodes().update({ ...node, status: { ...node.status, state: 'ready', message } });
    });

  it('does not mind what was written beside the spec, and keeps that', async () => {
    const node = await client.create('node', { id: 'n', spec: named('n'), description: { hostname: 'h' } });
    const specVersion = specVersionOf(node);
    for (let i = 0; i < 5; i++) await status('n', `beat ${i}`);
    const spec = { ...node.spec, availability: 'drain' as const };
    // What the caller holds is old but for the spec: the rest of it does not count.
    const updated = await client.update('node', { ...node, spec, description: { hostname: 'old' } }, { specVersion });
    expect(updated).toMatchObject({
      spec: { availability: 'drain' },
      status: { state: 'ready', message: 'beat 4' },
      description: { hostname: 'h' },
    });
    const { version } = node.meta;
    expect(await codeOf(client.update('node', { ...node, spec }, { version }))).toBe('SEQUENCE_CONFLICT');
  });

  it('minds another change of the spec', async () => {
    const node = await client.create('node', { id: 'n', spec: named('n') });
    const specVersion = specVersionOf(node);
    const other = await client.update(
      'node',
      { ...node, spec: { ...node.spec, desiredRole: 'manager' } },
      { specVersion },
    );
    await status('n', 'beat');
    const late = () =>
      client.update('node', { ...node, spec: { ...node.spec, availability: 'drain' } }, { specVersion });
    expect(await codeOf(late())).toBe('SEQUENCE_CONFLICT');
    expect((await late().catch((error: Error) => error.message)) as string).toContain(
      `the spec of node n is of version ${other.meta.version}, not ${specVersion}`,
    );
    expect((await client.get('node', 'n')).spec).toMatchObject({ desiredRole: 'manager', availability: 'active' });
  });

  it('has to have the version of the object, too, where both are given', async () => {
    const node = await client.create('node', { id: 'n', spec: named('n') });
    await status('n', 'beat');
    const seen = { specVersion: specVersionOf(node), version: node.meta.version };
    expect(await codeOf(client.update('node', node, seen))).toBe('SEQUENCE_CONFLICT');
    expect((await client.update('node', node, { ...seen, version: node.meta.version + 1 })).status.message).toBe(
      'beat',
    );
  });

  it('works inside Apply', async () => {
    const node = await client.create('node', { id: 'n', spec: named('n') });
    await status('n', 'beat');
    const change = (specVersion: number) =>
      ({ op: 'update', kind: 'node', id: 'n', object: { node: { ...node, spec: { ...node.spec, availability: 'pause' } } }, specVersion }) as never; // prettier-ignore
    expect(await codeOf(client.apply([change(node.meta.version + 1)]))).toBe('SEQUENCE_CONFLICT');
    await client.apply([change(node.meta.version)]);
    expect(await client.get('node', 'n')).toMatchObject({
      spec: { availability: 'pause' },
      status: { message: 'beat' },
    });
  });

  it('is for kinds of one’s own that have a spec', async () => {
    const app = await client.create(apps, { id: 'a', spec: { image: 'one' } });
    await store.update((tx) => tx.kind(apps).update({ ...app, state: 'running' }));
    const specVersion = specVersionOf(app);
    const updated = await client.update(apps, { id: 'a', spec: { image: 'two' } }, { specVersion });
    expect(updated).toMatchObject({ spec: { image: 'two' }, state: 'running' });
    expect(await codeOf(client.update(apps, { id: 'a', spec: { image: 'x' } }, { specVersion }))).toBe(
      'SEQUENCE_CONFLICT',
    );
    const point = await client.create(points, { id: 'p', x: 1 });
    const wrong = client.update(points, { ...point, x: 2 }, { specVersion: point.meta.version });
    expect(await codeOf(wrong)).toBe('INVALID_OBJECT');
  });

  it('says NOT_FOUND for what is not there', async () => {
    expect(await codeOf(client.update('node', { id: 'nobody' }, { specVersion: 1 }))).toBe('NOT_FOUND');
  });

  it('is told by a service itself, with the spec before', async () => {
    const created = await client.create('service', { id: 's', spec: named('s'), specVersion: 77 });
    expect(created).toMatchObject({ specVersion: created.meta.version });
    expect(created.previousSpec).toBeUndefined();

    const second = await client.update(
      'service',
      { ...created, spec: named('s', { a: 'b' }) },
      { specVersion: created.specVersion },
    );
    expect(second).toMatchObject({ specVersion: second.meta.version, previousSpec: created.spec });

    const running = { state: 'updating' as const };
    const beside = await store.update((tx) => tx.services().update({ ...second, updateStatus: running }));
    expect(beside).toMatchObject({ specVersion: second.specVersion, previousSpec: created.spec });
    // The same spec again, and with made-up versions: nothing new.
    const same = await client.update('service', { ...beside, specVersion: 1, previousSpec: beside.spec });
    expect(same).toMatchObject({ specVersion: second.specVersion, previousSpec: created.spec, updateStatus: running });
    const third = await client.update('service', { ...same, spec: named('s') }, { specVersion: same.specVersion });
    expect(third).toMatchObject({ specVersion: third.meta.version, previousSpec: second.spec });
    expect(specVersionOf(third)).toBe(third.specVersion);
  });

  it('is the same on every member, also on one that got it in a snapshot', async () => {
    const node = await client.create('node', { id: 'n', spec: named('n') });
    await client.create('service', { id: 's', spec: named('s') });
    for (let i = 0; i < 10; i++) await status('n', `beat ${i}`);
    const late = await members.open('late');
    for (const one of members.all) {
      await until('it has caught up', () => one.store.version === store.version);
      expect(one.store.view((tx) => specVersionOf(tx.nodes().get('n') as never))).toBe(node.meta.version);
    }
    await (await members.leader()).transferLeadership('late');
    await until('the new one leads', () => late.isLeader);
    const drained = { ...node, spec: { ...node.spec, availability: 'drain' as const } };
    const done = await client.update('node', drained, { specVersion: node.meta.version });
    expect(done.status.message).toBe('beat 9');
  });
});

describe('the version of the spec, on a disk', () => {
  it.each([
    ['the log', 10_000],
    ['a snapshot', 5],
  ])('survives a restart from %s', async (_what, snapshotInterval) => {
    const dir = await mkdtemp(join(tmpdir(), 'skep-spec-'));
    const open = () => openMember({ dataDir: dir, snapshotInterval });
    let member = await open();
    try {
      const client = new Client({ hosts: [member.addr] });
      const node = await client.create('node', { id: 'n', spec: named('n') });
      const service = await client.create('service', { id: 's', spec: named('s') });
      client.close();
      const { meta: _node, ...bareNode } = node;
      const { meta: _service, ...bareService } = service;
      for (let i = 0; i < 30; i++)
        await member.store.update((tx) => {
          tx.nodes().update({ ...bareNode, status: { message: `beat ${i}` } });
          tx.services().update({ ...bareService, updateStatus: { message: `beat ${i}` } });
        });
      await member.close();
      member = await open();
      const again = new Client({ hosts: [member.addr] });
      const specVersion = node.meta.version;
      expect(member.store.view((tx) => specVersionOf(tx.nodes().get('n') as never))).toBe(specVersion);
      expect((await again.get('service', 's')).specVersion).toBe(service.specVersion);
      const updated = await again.update('node', { ...node, spec: named('m') }, { specVersion });
      expect(updated).toMatchObject({ status: { message: 'beat 29' }, spec: { annotations: { name: 'm' } } });
      expect(await codeOf(again.update('node', node, { specVersion }))).toBe('SEQUENCE_CONFLICT');
      again.close();
    } finally {
      await member.close();
      await rm(dir, { recursive: true, force: true });
    }
  });
});
