import { describe, expect, it } from 'vitest';
import { factsOf } from '../../src/fleet/engine/facts.js';
import { Health } from '../../src/fleet/engine/health.js';
import { reactionTo } from '../../src/fleet/engine/reaction.js';
import { specsOf } from '../../src/fleet/engine/specs.js';
import type { ContainerInspect, EngineEvent, EngineInfo } from '../../src/fleet/index.js';

const info = (more: Partial<EngineInfo> = {}): EngineInfo => ({
  ID: 'ID',
  Name: 'node-1',
  NCPU: 2,
  MemTotal: 1e9,
  ...more,
});
const now = Date.parse('2026-01-01T00:00:00Z');

describe('the facts of an engine', () => {
  it.each([
    ['no id', info({ ID: '' }), 'Node a:1 is running an unsupported version of Docker Engine. Please upgrade.'],
    [
      'no CPUs',
      info({ NCPU: 0 }),
      'cannot get resources for this engine, make sure a:1 is a Docker Engine, not a Swarm manager',
    ],
    ['no memory', info({ MemTotal: 0 }), 'cannot get resources for this engine'],
    [
      'a label without a value',
      info({ Labels: ['storage'] }),
      'contains an invalid label (storage) not formatted as "key=value".',
    ],
  ])('are refused with %s', (_, given, message) => {
    expect(() => specsOf(given, 'a:1', now)).toThrow(message);
  });

  it('include the labels that Swarm adds, which win, and leave out `node`', () => {
    const given = info({
      Labels: ['storage=ssd', 'a=b=c', 'node=x', 'ostype=mine'],
      OSType: 'linux',
      Driver: 'overlay2',
    });
    const { labels, warnings } = specsOf(given, 'a:1', now);
    expect(labels).toEqual({ storage: 'ssd', a: 'b=c', ostype: 'linux', storagedriver: 'overlay2' });
    expect(warnings).toEqual([expect.stringContaining('invalid key "node"')]);
  });

  it.each([
    ['2026-01-01T00:00:01.5Z', 0],
    ['2026-01-01T01:00:00.123456789Z', 3_600_123],
    ['2025-12-31T23:59:50Z', -10_000],
    ['nonsense', 0],
    [undefined, 0],
  ])('keep a difference of clocks of more than two seconds: %s', (SystemTime, aheadMs) => {
    expect(specsOf(info(SystemTime === undefined ? {} : { SystemTime }), 'a:1', now).aheadMs).toBe(aheadMs);
  });
});

describe('the facts of a container', () => {
  const inspect = (more: object): ContainerInspect => ({
    Id: 'c',
    Name: '/c',
    Created: '',
    Image: '',
    State: {},
    Config: {},
    HostConfig: {},
    NetworkSettings: {},
    ...more,
  });
  const facts = (more: object, engine = { cpus: 4, aheadMs: 0 }) => factsOf(inspect(more), engine);

  it('name ports that it was given, also while it is stopped', () => {
    const HostConfig = {
      PortBindings: { '80/tcp': [{ HostIp: '10.0.0.1', HostPort: '8080' }], '53/udp': [{ HostPort: '53' }] },
    };
    expect(facts({ HostConfig }).ports).toEqual([
      { ip: '10.0.0.1', port: 8080, protocol: 'tcp' },
      { ip: '', port: 53, protocol: 'udp' },
    ]);
  });

  it.each(['', '0', '8000-8010'])('name the port that the engine chose for %j', (HostPort) => {
    const HostConfig = { PortBindings: { '80/tcp': [{ HostPort }] } };
    expect(facts({ HostConfig }).ports).toEqual([]);
    const NetworkSettings = { Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8003' }] } };
    expect(facts({ HostConfig, NetworkSettings }).ports).toEqual([{ ip: '', port: 8003, protocol: 'tcp' }]);
  });

  it.each([
    [{ CpuShares: 512 }, 2],
    [{ CpuShares: 2 }, 0],
    [{ NanoCpus: 1.5e9 }, 1.5],
    [{ NanoCpus: 1.5e9, CpuShares: 1024 }, 4],
    [{}, 0],
  ])('count the CPUs of %j', (HostConfig, cpus) => {
    expect(facts({ HostConfig }).cpus).toBe(cpus);
  });

  it.each([
    [{ Status: 'paused', Running: true, Paused: true }, 'paused'],
    [{ Running: true }, 'running'],
    [{ Restarting: true, Running: true }, 'restarting'],
    [{ Dead: true }, 'dead'],
    [{ StartedAt: '0001-01-01T00:00:00Z' }, 'created'],
    [{ StartedAt: '2026-01-01T00:00:00Z' }, 'exited'],
  ])('say the state %j in a word', (State, status) => {
    expect(facts({ State }).state.status).toBe(status);
  });

  it('have times by the clock here', () => {
    const State = { StartedAt: '2026-01-01T01:00:00Z', FinishedAt: '0001-01-01T00:00:00Z' };
    expect(facts({ State }, { cpus: 4, aheadMs: 3_600_000 }).state).toMatchObject({ startedAt: now, finishedAt: 0 });
  });
});

describe('the reaction to an event', () => {
  const container = (Action: string): EngineEvent => ({ Type: 'container', Action, Actor: { ID: 'c' } });
  it.each([
    [container('start'), { refresh: 'container', id: 'c', full: true, images: false }],
    [container('health_status: healthy'), { refresh: 'container', id: 'c', full: true, images: false }],
    [container('create'), { refresh: 'container', id: 'c', full: false, images: false }],
    [container('destroy'), { refresh: 'container', id: 'c', full: false, images: false }],
    [container('commit'), { refresh: 'container', id: 'c', full: false, images: true }],
    [container('exec_start: ls'), { refresh: 'nothing' }],
    [container('top'), { refresh: 'nothing' }],
    [{ Type: 'image', Action: 'pull' }, { refresh: 'images' }],
    [{ Type: 'volume', Action: 'create' }, { refresh: 'volumes' }],
    [{ Type: 'network', Action: 'connect' }, { refresh: 'networks' }],
    [{ Type: 'daemon', Action: 'reload' }, { refresh: 'specs' }],
    [{ Type: 'plugin', Action: 'enable' }, { refresh: 'nothing' }],
    [
      { status: 'die', id: 'c' },
      { refresh: 'container', id: 'c', full: true, images: false },
    ],
    [{ status: 'untag', id: 'busybox' }, { refresh: 'images' }],
  ] satisfies [EngineEvent, object][])('%j is %j', (event, reaction) => {
    expect(reactionTo(event)).toEqual(reaction);
  });
});

describe('the health of an engine', () => {
  it('falls with failures in a row, and is whole again after a success', () => {
    const health = new Health(3);
    expect([health.percent, health.lost]).toEqual([100, false]);
    health.failed('ping');
    expect(health.percent).toBe(66);
    health.failed('ping');
    health.failed('ping');
    expect([health.percent, health.lost, health.excess]).toEqual([0, true, 0]);
    health.failed('ping');
    expect(health.excess).toBe(1);
    health.succeeded('ping');
    expect([health.percent, health.lost]).toEqual([100, false]);
  });

  it('is not restored by pings while lists fail', () => {
    const health = new Health(2);
    health.failed('list');
    health.succeeded('ping');
    health.failed('list');
    expect(health.lost).toBe(true);
    health.succeeded('list');
    expect(health.lost).toBe(false);
  });
});
