import { describe, expect, it } from 'vitest';
import { storeReport } from '../../src/api/index.js';
import { Client } from '../../src/client/index.js';
import type { Caller } from '../../src/identity/index.js';
import { MemoryStore } from '../../src/index.js';
import { drivers, engines, leases, locks, systemKinds, type TaskState } from '../../src/kinds/index.js';
import { methodOf } from '../../src/rpc/index.js';
import type { messages } from '../../src/wire/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { FakeClock } from '../support/state-clock.js';
import { codeOf } from '../support/state-events.js';

const status = (state: TaskState, more: Partial<messages.TaskStatus> = {}): messages.TaskStatus => ({
  timestamp: 0,
  state,
  message: state,
  err: '',
  ports: [],
  ...more,
});

const facts = (engineId: string, nodeId: string): messages.EngineFacts => ({
  engineId,
  nodeId,
  description: { hostname: `host-${nodeId}`, engine: { engineVersion: '20.10.24', labels: {}, plugins: [] } },
  apiVersion: '1.41',
  swarmNode: '',
  swarmControl: false,
});

/** A store with one driver, which holds the locks of the engines e1 and e2 at the addresses a1 and a2. */
class Reports {
  readonly clock = new FakeClock();
  readonly store = new MemoryStore({ kinds: systemKinds, clock: this.clock });

  static async start(): Promise<Reports> {
    const reports = new Reports();
    await reports.store.update((tx) => {
      tx.kind(leases).create({ id: 'l', ttlMs: 10_000 });
      tx.kind(drivers).create({ id: 'd', member: '1', lease: 'l' });
      for (const n of ['1', '2']) {
        tx.kind(engines).create({ id: `e${n}`, addr: `a${n}:2375`, listed: true, want: 'd', wantAt: 1 });
        tx.kind(locks).create({ id: `lock${n}`, lock: `engine/e${n}`, holder: 'd', lease: 'l' });
      }
      tx.kind(locks).create({ id: 'other', lock: 'leader', holder: 'd', lease: 'l' });
    });
    return reports;
  }

  send(request: Partial<messages.ReportRequest>, id = 'lock1', caller?: Caller) {
    const version = this.store.view((tx) => tx.kind(locks).get(id))?.meta.version ?? 0;
    return storeReport(this.store, { lock: { id, version }, tasks: [], ...request }, { clock: this.clock, timeoutMs: 1_000, caller });
  }

  /** The answer for one task. */
  async task(id: string, reported: messages.TaskStatus): Promise<messages.ReportRefusal | undefined> {
    return (await this.send({ tasks: [{ id, status: reported }] })).refused[0]?.why;
  }

  async addTask(id: string, nodeId: string | undefined, state: TaskState) {
    const at = this.clock.now();
    await this.store.update((tx) =>
      tx.tasks().create({ id, ...(nodeId !== undefined && { nodeId }), status: { ...status(state), timestamp: at, ...(state === 'running' && { runningAt: at }) } }),
    );
  }

  engine(id = 'e1') {
    return this.store.view((tx) => tx.kind(engines).get(id));
  }

  status(id: string) {
    return this.store.view((tx) => tx.tasks().get(id))?.status;
  }
} // prettier-ignore

describe('a report about tasks', () => {
  it.each<[string, { node?: string; stored?: TaskState; reported: TaskState }, messages.ReportRefusal | undefined]>([
    ['goes on', { stored: 'assigned', reported: 'accepted' }, undefined],
    ['skips states', { stored: 'assigned', reported: 'running' }, undefined],
    ['has ended', { stored: 'running', reported: 'failed' }, undefined],
    ['was rejected', { stored: 'assigned', reported: 'rejected' }, undefined],
    ['is of another node', { node: 'n9', stored: 'assigned', reported: 'running' }, 'otherNode'],
    ['would go back', { stored: 'running', reported: 'starting' }, 'behind'],
    ['has ended before', { stored: 'complete', reported: 'failed' }, 'behind'],
    ['was orphaned', { stored: 'orphaned', reported: 'failed' }, 'behind'],
    ['is as stored', { stored: 'running', reported: 'running' }, 'same'],
    ['is only assigned', { stored: 'pending', reported: 'assigned' }, 'notReportable'],
    ['is given up', { stored: 'running', reported: 'orphaned' }, 'notReportable'],
  ])('of which one %s', async (_name, { node = 'n1', stored = 'assigned', reported }, why) => {
    const reports = await Reports.start();
    await reports.send({ engine: facts('E1', 'n1') });
    await reports.addTask('t', node, stored);
    expect(await reports.task('t', status(reported))).toBe(why);
    expect(reports.status('t')?.state).toBe(why === undefined ? reported : stored);
  });

  it('names a task that is gone, and one without a node', async () => {
    const reports = await Reports.start();
    await reports.addTask('t', undefined, 'pending');
    const { refused } = await reports.send({ tasks: [{ id: 'x', status: status('running') }, { id: 't', status: status('running') }] });
    expect(refused).toEqual([{ id: 'x', why: 'gone' }, { id: 't', why: 'otherNode' }]);
  }); // prettier-ignore

  it('has the times of the leader, and keeps that at which a task began to run', async () => {
    const reports = await Reports.start();
    await reports.send({ engine: facts('E1', 'n1') });
    await reports.addTask('t', 'n1', 'assigned');
    reports.clock.advance(1_000);
    const began = reports.clock.now();
    await reports.task('t', status('running', { timestamp: 5, runningAt: 7 }));
    expect(reports.status('t')).toMatchObject({ timestamp: began, runningAt: began });
    reports.clock.advance(1_000);
    const container = { containerId: 'c', pid: 9, exitCode: 0 };
    expect(await reports.task('t', status('running', { container }))).toBeUndefined();
    expect(reports.status('t')).toMatchObject({ timestamp: began, runningAt: began, container });
    expect(await reports.task('t', status('complete', { container }))).toBeUndefined();
    expect(reports.status('t')).toMatchObject({ timestamp: reports.clock.now(), runningAt: began });
  });

  it('changes nothing when it is repeated', async () => {
    const reports = await Reports.start();
    await reports.send({ engine: facts('E1', 'n1') });
    await reports.addTask('t', 'n1', 'assigned');
    const report = { engine: facts('E1', 'n1'), tasks: [{ id: 't', status: status('running') }] };
    await reports.send(report);
    const { version } = reports.store;
    reports.clock.advance(5_000);
    expect((await reports.send(report)).refused).toEqual([{ id: 't', why: 'same' }]);
    expect(reports.store.version).toBe(version);
  });
});

describe('a report with a lock', () => {
  it.each([
    ['that is gone', 'nothing', 0],
    ['of another version', 'lock1', 999],
    ['of no engine', 'other', undefined],
  ])('%s is refused as a whole', async (_name, id, given) => {
    const reports = await Reports.start();
    const version = given ?? reports.store.view((tx) => tx.kind(locks).get(id))?.meta.version ?? 0;
    const before = reports.store.version;
    expect(await codeOf(reports.send({ engine: facts('E1', 'n1'), lock: { id, version } }))).toBe('LEASE_LOST');
    expect(reports.store.version).toBe(before);
  });

  it('counts from the member that holds the lock, and from no other', async () => {
    const reports = await Reports.start();
    const by = (name: string): Caller => ({ as: 'member', identity: { domain: 'd', kind: 'member', name } });
    expect(await codeOf(reports.send({ engine: facts('E1', 'n1') }, 'lock1', by('2')))).toBe('DENIED');
    expect(await reports.send({ engine: facts('E1', 'n1') }, 'lock1', by('1'))).toMatchObject({ engineError: '' });
  });

  it('is answered with the time to live of its lease', async () => {
    const reports = await Reports.start();
    expect(await reports.send({})).toEqual({ refused: [], leaseMs: 10_000, engineError: '' });
  });
});

describe('a report about an engine', () => {
  it('makes its node, and keeps what users set', async () => {
    const reports = await Reports.start();
    await reports.send({ engine: facts('E1', 'n1') });
    const made = reports.store.view((tx) => tx.nodes().get('n1'));
    expect(made).toMatchObject({
      description: { hostname: 'host-n1' },
      engine: { addr: 'a1:2375', apiVersion: '1.41' },
      status: { state: 'unknown', addr: 'a1:2375', timestamp: 0 },
    });
    expect(reports.engine()).toMatchObject({ state: 'healthy', engineId: 'E1', nodeId: 'n1', failures: 0, confirmedAt: reports.clock.now() });
    await reports.store.update((tx) => {
      const node = tx.nodes().get('n1');
      if (node) tx.nodes().update({ ...node, spec: { ...node.spec, availability: 'drain' } });
    });
    await reports.send({ engine: { ...facts('E1', 'n1'), apiVersion: '1.44' } });
    expect(reports.store.view((tx) => tx.nodes().get('n1'))).toMatchObject({ spec: { availability: 'drain' }, engine: { apiVersion: '1.44' } });
  }); // prettier-ignore

  it('that another address has, too, gets no node until that address is given up', async () => {
    const reports = await Reports.start();
    await reports.send({ engine: facts('E1', 'n1') });
    const { engineError } = await reports.send({ engine: facts('E1', 'n1') }, 'lock2');
    expect(engineError).toBe('ID duplicated. E1 shared by this node a2:2375 and another node a1:2375');
    expect(reports.engine('e2')).toMatchObject({ state: 'pending', nodeId: '', engineId: 'E1', error: engineError });
    await reports.store.update((tx) => {
      const first = tx.kind(engines).get('e1');
      if (first) tx.kind(engines).update({ ...first, listed: false });
    });
    expect((await reports.send({ engine: facts('E1', 'n1') }, 'lock2')).engineError).toBe('');
    expect(reports.engine('e1')).toBeUndefined();
    expect(reports.engine('e2')).toMatchObject({ state: 'healthy', nodeId: 'n1', error: '' });
    expect(reports.store.view((tx) => tx.nodes().get('n1'))?.engine?.addr).toBe('a2:2375');
  });

  it('counts its misses, with the time of its last answer', async () => {
    const reports = await Reports.start();
    await reports.send({ engine: facts('E1', 'n1') });
    const answered = reports.clock.now();
    reports.clock.advance(20_000);
    await reports.send({ misses: { count: 1, lost: false, error: 'refused', silentMs: 5_000 } });
    expect(reports.engine()).toMatchObject({ state: 'healthy', failures: 1, error: 'refused', confirmedAt: answered + 15_000 });
    await reports.send({ misses: { count: 3, lost: true, error: 'refused', silentMs: 5_000 } });
    expect(reports.engine()).toMatchObject({ state: 'unhealthy', failures: 3 });
    await reports.send({ engine: facts('E1', 'n1') });
    expect(reports.engine()).toMatchObject({ state: 'healthy', failures: 0, error: '', confirmedAt: reports.clock.now() });
  }); // prettier-ignore

  it('leaves one pending that has never answered', async () => {
    const reports = await Reports.start();
    await reports.send({ misses: { count: 3, lost: true, error: 'refused', silentMs: 0 } });
    expect(reports.engine()).toMatchObject({ state: 'pending', failures: 3, error: 'refused', confirmedAt: 0 });
  });
});

describe('a report over the network', () => {
  it('is stored by the leader, whichever member is asked', async () => {
    const members = await OpenMembers.start(2);
    const client = new Client({ hosts: members.hosts });
    try {
      const lease = await client.grantLease({ ttlMs: 30_000 });
      await client.create(engines, { id: 'e1', addr: 'a1:2375', listed: true });
      const lock = await client.create(locks, { lock: 'engine/e1', holder: 'd', lease });
      const { addr } = await members.follower();
      const request = { lock: { id: lock.id, version: lock.meta.version }, tasks: [], engine: facts('E1', 'n1') };
      const answer = await members.channel(addr).unary(methodOf('fleet', 'Report'), request, { timeoutMs: 5_000 });
      expect(answer).toEqual({ refused: [], leaseMs: 30_000, engineError: '' });
      expect((await client.get('node', 'n1')).description?.hostname).toBe('host-n1');
      const late = { ...request, lock: { ...request.lock, version: 1 } };
      expect(await codeOf(members.channel(addr).unary(methodOf('fleet', 'Report'), late, { timeoutMs: 5_000 }))).toBe('LEASE_LOST');
    } finally {
      client.close();
      await members.close();
    }
  }, 30_000); // prettier-ignore
});
