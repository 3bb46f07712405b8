import { describe, expect, it } from 'vitest';
import { type Observed, observedInDetail, observedInList } from '../../../src/fleet/driver/observed.js';
import { publishedPorts } from '../../../src/fleet/driver/ports.js';
import { refusalOf, TaskRefused } from '../../../src/fleet/driver/refusal.js';
import { ended, gone, reached, rejected, running, startFailed } from '../../../src/fleet/driver/status.js';
import { type ContainerSummary, EngineError } from '../../../src/fleet/index.js';
import type { PortConfig } from '../../../src/kinds/index.js';
import { storedTask } from '../../support/driver-objects.js';

const summary = (more: Partial<ContainerSummary>): ContainerSummary => ({
  ...{ Id: 'c', Names: ['/web.1.t'], Image: 'a', ImageID: 'b', Command: '', Created: 0, Ports: [] },
  ...{ Labels: { 'skep.task': 't' }, State: 'running', Status: 'Up 2 hours' },
  ...more,
});
const exited = (exitCode: number, error = ''): Observed => ({
  ...{ id: 'c', name: 'web.1.t', taskId: 't', fills: '', state: 'exited', exitCode, volumes: [], networks: [] },
  details: { pid: 0, error, ports: {} },
});

describe('a container in a list', () => {
  it.each<[string, string, Partial<Observed>]>([
    ['created', 'Created', { state: 'created', exitCode: 0 }],
    ['running', 'Up 2 hours', { state: 'running' }],
    ['running', 'Up 2 hours (healthy)', { state: 'running', health: 'healthy' }],
    ['running', 'Up 2 hours (unhealthy)', { state: 'running', health: 'unhealthy' }],
    ['running', 'Up 1 second (health: starting)', { state: 'running', health: 'starting' }],
    ['paused', 'Up 2 hours (Paused)', { state: 'paused' }],
    ['exited', 'Exited (137) 3 seconds ago', { state: 'exited', exitCode: 137 }],
    ['dead', 'Dead', { state: 'dead', exitCode: 0 }],
  ])('is %s with the status %s', (State, Status, expected) => {
    const { health, ...rest } = observedInList(summary({ State, Status }));
    expect({ ...rest, ...(health && { health }) }).toMatchObject({ taskId: 't', name: 'web.1.t', ...expected });
    expect(health).toBe(expected.health);
  });

  it('has its volumes and networks', () => {
    const Mounts = [
      { Type: 'volume', Name: 'v' },
      { Type: 'bind', Source: '/a' },
    ];
    const seen = observedInList(summary({ Mounts, NetworkSettings: { Networks: { back: {} } } }));
    expect(seen).toMatchObject({ volumes: ['v'], networks: ['back'] });
    expect(observedInList(summary({ Labels: { 'skep.files': 'skep-files-1' } }))).toMatchObject({
      taskId: '',
      fills: 'skep-files-1',
    });
  });

  it('counts as unhealthy only while it runs: an engine says so of each that has ended', () => {
    const inspect = (Status: string) =>
      observedInDetail({
        ...{ Id: 'c', Name: '/n', Created: '', Image: '', Config: {}, HostConfig: {}, NetworkSettings: {} },
        State: { Status, ExitCode: 3, Pid: 7, Error: 'e', Health: { Status: 'unhealthy' } },
      });
    expect(inspect('running').health).toBe('unhealthy');
    expect(inspect('exited')).not.toHaveProperty('health');
    expect(inspect('exited')).toMatchObject({ exitCode: 3, details: { error: 'e' } });
  });
});

describe('the status of a task', () => {
  it.each<[string, ReturnType<typeof reached>, object]>([
    ['prepares', reached('preparing', 5), { state: 'preparing', message: 'preparing', err: '', timestamp: 5 }],
    [
      'is ready',
      reached('ready', 5, exited(0)),
      { state: 'ready', message: 'prepared', container: { containerId: 'c' } },
    ],
    ['starts', reached('starting', 5), { state: 'starting', message: 'starting' }],
    [
      'has no image',
      rejected('No such image: busybox:nosuch', 5),
      { state: 'rejected', message: 'preparing', err: 'No such image: busybox:nosuch' },
    ],
    [
      'could not be started',
      startFailed('no such file', 5, exited(127)),
      { state: 'failed', err: 'starting container failed: no such file' },
    ],
    ['ended well', ended(exited(0), 5, false), { state: 'complete', message: 'finished', err: '' }],
    [
      'failed',
      ended(exited(1), 5, false),
      { state: 'failed', message: 'started', err: 'task: non-zero exit (1)', container: { exitCode: 1 } },
    ],
    ['failed with a word of the engine', ended(exited(1, 'oops'), 5, false), { err: 'task: non-zero exit (1): oops' }],
    [
      'was unhealthy',
      ended(exited(137), 5, true),
      { state: 'failed', err: 'task: non-zero exit (137): dockerexec: unhealthy container' },
    ],
    [
      'was unhealthy and ended well',
      ended(exited(0), 5, true),
      { state: 'failed', err: 'dockerexec: unhealthy container' },
    ],
    ['is gone', gone(5), { state: 'failed', err: 'container is gone' }],
    [
      'was shut down',
      reached('shutdown', 5, exited(143)),
      { state: 'shutdown', message: 'shutdown', container: { exitCode: 143 } },
    ],
  ])('that %s has the texts of swarm mode', (_, status, expected) => {
    expect(status).toMatchObject(expected);
  });

  it('that runs has its process and its ports', async () => {
    const ports = [
      { targetPort: 80, publishedPort: 0, publishMode: 'host' as const },
      { targetPort: 53, publishedPort: 5353, publishMode: 'ingress' as const, protocol: 'udp' as const },
    ];
    const task = await storedTask({ endpoint: { ports } });
    const published = {
      '80/tcp': [
        { HostIp: '0.0.0.0', HostPort: '32768' },
        { HostIp: '::', HostPort: '32768' },
      ],
      '53/udp': [{ HostIp: '0.0.0.0', HostPort: '32769' }],
    };
    const seen: Observed = { ...exited(0), state: 'running', details: { pid: 7, error: '', ports: published } };
    expect(running(task, seen, 5)).toMatchObject({
      state: 'running',
      message: 'started',
      container: { containerId: 'c', pid: 7, exitCode: 0 },
      ports: [
        { targetPort: 80, publishedPort: 32_768, publishMode: 'host' },
        { targetPort: 53, publishedPort: 32_769, publishMode: 'ingress', protocol: 'udp' },
      ],
    });
  });
});

describe('published ports', () => {
  const port = (publishedPort: number, publishMode: PortConfig['publishMode']): PortConfig => ({
    ...{ name: '', protocol: 'tcp', targetPort: 80 },
    publishedPort,
    publishMode,
  });
  const at = (...numbers: number[]) => ({ '80/tcp': numbers.map((number) => ({ HostPort: String(number) })) });
  it.each<[string, PortConfig[], ReturnType<typeof at>, number[]]>([
    ['a fixed one', [port(8080, 'host')], at(8080), [8080]],
    ['one that the engine chose', [port(0, 'host')], at(32_768), [32_768]],
    ['the dynamic one of ingress', [port(8080, 'ingress')], at(32_768), [32_768]],
    ['both of one target', [port(8080, 'ingress'), port(9090, 'host')], at(9090, 32_768), [32_768, 9090]],
    ['two that the engine chose', [port(0, 'host'), port(0, 'host')], at(1, 2), [1, 2]],
    ['none that is not there', [port(8080, 'host')], at(), []],
  ])('are %s', (_, wanted, published, expected) => {
    expect(publishedPorts(wanted, published).map(({ publishedPort }) => publishedPort)).toEqual(expected);
  });
});

describe('a failure', () => {
  const answered = (code: 'SERVER_ERROR' | 'CONFLICT' | 'NOT_FOUND' | 'BAD_REQUEST') =>
    new EngineError(code, 'engine a:1 answered', { engineMessage: 'no space left on device' });
  it('is about the task when the engine refused, in the words of the engine', () => {
    for (const code of ['SERVER_ERROR', 'CONFLICT', 'NOT_FOUND', 'BAD_REQUEST'] as const)
      expect(refusalOf(answered(code))).toBe('no space left on device');
    expect(refusalOf(new TaskRefused('secret a not found'))).toBe('secret a not found');
  });
  it('is not about the task when the engine did not answer', () => {
    for (const code of ['UNREACHABLE', 'TIMEOUT', 'ABORTED', 'CLOSED', 'TLS', 'BAD_ANSWER'] as const)
      expect(refusalOf(new EngineError(code, 'x'))).toBeUndefined();
    expect(refusalOf(new TypeError('x'))).toBeUndefined();
  });
});
