import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { Folder, freePort, openMember, Running, skep } from '../support/cli-run.js';

let member: OpenReplica;
const running: Running[] = [];

beforeEach(async () => {
  member = await openMember();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((watch) => watch.interrupt()));
  await member.close();
});

function watch(...args: string[]): Running {
  const started = new Running(['--host', member.addr ?? '', 'watch', ...args]);
  running.push(started);
  return started;
}

/** Three transactions of several kinds and actions. */
async function write(): Promise<void> {
  const { store } = member;
  await store.update((tx) => {
    tx.nodes().create({ id: 'n', description: { hostname: 'h' } });
    tx.services().create({ id: 's', spec: { annotations: { name: 'web', labels: { a: 'b' } } } });
  });
  await store.update((tx) => tx.nodes().update({ id: 'n', spec: { availability: 'drain' } }));
  await store.update((tx) => {
    tx.nodes().delete('n');
    tx.services().delete('s');
  });
}

const brief = (event: { version: number; action: string; kind: string }) =>
  `${event.version} ${event.action} ${event.kind}`;

describe('skep watch', () => {
  it('prints the events of the library, one a line, in their order', async () => {
    const seen: unknown[] = [];
    const subscription = member.store.watchFrom(0).subscribe((event) => void seen.push(event));
    const watching = watch('--from', '0');
    await write();
    await watching.until(8);
    subscription.unsubscribe();
    expect(watching.events).toEqual(seen);
    expect(watching.lines).toEqual(seen.map((event) => JSON.stringify(event)));
  });

  it('prints lines for people, with who and why, when a table is asked for; and references as name', async () => {
    const { store } = member;
    await store.update((tx) => tx.nodes().create({ id: 'n1', description: { hostname: 'h1' } }), { actor: 'ann', reason: 'a new rack' });
    await store.update((tx) => tx.nodes().delete('n1'));
    const watching = watch('--from', '0', '-o', 'table');
    await watching.until(4);
    const times = [1, 2].map((version) => new Date(store.transaction(version)?.time ?? 0).toISOString());
    expect(watching.lines).toEqual([
      `1  ${times[0]}  create  node/n1  h1  by ann: a new rack`,
      `1  ${times[0]}  commit  by ann: a new rack`,
      `2  ${times[1]}  delete  node/n1  h1`,
      `2  ${times[1]}  commit`,
    ]);
    const names = watch('node', '--from', '0', '-o', 'name');
    await names.until(2);
    expect(names.lines).toEqual(['node/n1', 'node/n1']);
  }); // prettier-ignore

  it('does not wait for a version that nobody has yet, unless it is told to', async () => {
    const ran = await skep(['--host', member.addr ?? '', '--timeout', '1h', 'watch', '--from', '99999']);
    const err = 'skep: VERSION_AHEAD: version 99999 does not exist yet, the newest is 0; use --wait to wait for it\n';
    expect(ran).toEqual({ code: 1, out: '', err });
    const waiting = watch('node', '--from', '2', '--wait');
    await write();
    await waiting.until(1);
    expect(waiting.events.map(brief)).toEqual(['3 delete node']);
  });

  it.each([
    [[], '1 create node,1 create service,1 commit commit,2 update node,2 commit commit,3 delete node,3 delete service,3 commit commit'],
    [['node'], '1 create node,2 update node,3 delete node'],
    [['node', 'service'], '1 create node,1 create service,2 update node,3 delete node,3 delete service'],
    [['--action', 'create'], '1 create node,1 create service'],
    [['service', '--action', 'delete'], '3 delete service'],
    [['--action', 'update', 'delete'], '2 update node,3 delete node,3 delete service'],
    [['--action', 'update', '--action', 'create'], '1 create node,1 create service,2 update node'],
    [['--action', 'commit'], '1 commit commit,2 commit commit,3 commit commit'],
    [['--action', 'update', '--action', 'commit'], '1 commit commit,2 update node,2 commit commit,3 commit commit'],
    [['service', '--action', 'create', '--action', 'commit'], '1 create service,1 commit commit,2 commit commit,3 commit commit'],
  ])('%j prints what is selected', async (args, events) => {
    const watching = watch(...args, '--from', '0');
    await write();
    const expected = events.split(',');
    await watching.until(expected.length);
    expect(watching.events.map(brief)).toEqual(expected);
  }); // prettier-ignore

  it('goes on after the version that it is given', async () => {
    await write();
    const watching = watch('--from', '1', 'node');
    await watching.until(2);
    expect(watching.events.map(brief)).toEqual(['2 update node', '3 delete node']);
  });

  it('begins with what happens from now on', async () => {
    await write();
    const watching = watch();
    for (let i = 0; watching.lines.length === 0 && i < 200; i++) {
      await member.store.update((tx) => tx.nodes().create({ id: `n${i}` }));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(watching.events[0]).toMatchObject({ action: 'create', kind: 'node' });
    expect(watching.events[0].version).toBeGreaterThan(3);
  });

  it('ends with 130 when it is interrupted, and prints nothing but events', async () => {
    const watching = watch('--from', '0');
    await write();
    await watching.until(8);
    const { code, out, err } = await watching.interrupt();
    expect({ code, err }).toEqual({ code: 130, err: '' });
    expect(out.endsWith('}\n')).toBe(true);
  });

  it('says so when its place lies ahead of the history', async () => {
    const { code, out, err } = await skep(['--host', member.addr ?? '', '--timeout', '500ms', 'watch', '--from', '99']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^skep: VERSION_AHEAD: /);
  });
});

describe('skep watch, across a restart of the member', () => {
  it('goes on without a gap and without a repeat, also after it was quiet for long', async () => {
    const folder = await Folder.make();
    const listenAddr = `127.0.0.1:${await freePort()}`;
    const again = () => openMember({ name: 'r1', dataDir: folder.path, listenAddr });
    let replica = await again();
    const watching = new Running(['--host', listenAddr, '--timeout', '3s', 'watch', 'node', '--from', '0']);
    running.push(watching);
    await replica.store.update((tx) => tx.nodes().create({ id: 'a' }));
    await watching.until(1);
    await new Promise((resolve) => setTimeout(resolve, 3_300));
    await replica.close();
    replica = await again();
    await replica.store.update((tx) => tx.nodes().create({ id: 'b' }));
    await watching.until(2);
    expect(watching.events.map(({ object }) => object.id)).toEqual(['a', 'b']);
    await replica.close();
    await folder.remove();
  });
});
