import { describe, expect, it } from 'vitest';
import type { CreateContainerBody } from '../../src/fleet/engine/types.js';
import { readRequest } from '../../src/schedule/index.js';
import { thrown } from './made.js';

const read = (body: CreateContainerBody, name = '') => readRequest(name, body);

describe('the body of a container', () => {
  it('is passed on as it is when it has no rules', () => {
    const body = { Image: 'busybox', Env: ['A=b'], Cmd: ['sh'] };
    expect(read(body).body).toBe(body);
    expect(read({}).wanted).toMatchObject({ image: '', constraints: [], networkMode: '', cpus: 0, memoryBytes: 0 });
  });

  it('has its rules moved from the environment to labels', () => {
    const { wanted, body, reschedule } = read({
      Image: 'busybox',
      Env: [
        'A=b',
        'constraint:storage==ssd',
        'affinity:container==~web',
        'constraint:node!=x',
        'whitelist:node==a|b',
        'reschedule:on-node-failure',
        'constraints:no',
      ],
      Labels: { tier: 'front' },
      Tty: true,
    });
    expect(body).toEqual({
      Image: 'busybox',
      Env: ['A=b', 'constraints:no'],
      Labels: {
        tier: 'front',
        'com.docker.swarm.constraints': '["storage==ssd","node!=x"]',
        'com.docker.swarm.affinities': '["container==~web"]',
        'com.docker.swarm.whitelists': '["node==a|b"]',
        'com.docker.swarm.reschedule-policies': '["on-node-failure"]',
      },
      Tty: true,
    });
    expect(wanted).toMatchObject({
      constraints: ['storage==ssd', 'node!=x'],
      affinities: ['container==~web'],
      whitelists: ['node==a|b'],
    });
    expect(reschedule).toBe('on-node-failure');
  });

  it('adds rules of the environment to those of labels, and reads what it wrote the same', () => {
    const first = read({ Env: ['constraint:node==b'], Labels: { 'com.docker.swarm.constraints': '["node!=a"]' } });
    expect(first.wanted.constraints).toEqual(['node!=a', 'node==b']);
    const second = read(first.body);
    expect(second.body).toBe(first.body);
    expect(second.wanted).toEqual(first.wanted);
  });

  it.each(['node==a', '{"node":"a"}', '[1]', '"node==a"'])('is refused when a label is %s', (text) => {
    expect(thrown(() => read({ Labels: { 'com.docker.swarm.constraints': text } }))).toEqual({
      code: 'INVALID',
      message: 'label com.docker.swarm.constraints is invalid; give a JSON list of texts',
    });
  });

  it.each([
    [['reschedule:always'], 'invalid reschedule policy: always'],
    [['reschedule:'], 'invalid reschedule policy: '],
    [['reschedule:off', 'reschedule:on-node-failure'], 'too many reschedule policies'],
  ])('is refused with %j: %s', (env, message) => {
    expect(thrown(() => read({ Env: env }))).toEqual({ code: 'INVALID', message });
  });

  it('may say that it is not rescheduled', () => {
    expect(read({ Env: ['reschedule:off'] }).reschedule).toBe('off');
    expect(read({}).reschedule).toBe('off');
  });

  it.each([
    [{ CpuShares: 2 }, 2],
    [{ NanoCpus: 1_500_000_000 }, 1.5],
    [{ CpuShares: 1, NanoCpus: 1_500_000_000 }, 1.5],
    [{ CpuShares: 2, NanoCpus: 500_000_000 }, 2],
  ])('with %j asks for %d CPUs', (host, cpus) => {
    expect(read({ HostConfig: host }).wanted.cpus).toBe(cpus);
  });

  it('has its ports, volumes, links and network read', () => {
    const { wanted } = read(
      {
        Image: 'redis',
        HostConfig: {
          Memory: 1_024,
          NetworkMode: 'container:web',
          Links: ['db:alias'],
          VolumesFrom: ['data:ro'],
          PortBindings: {
            '80/tcp': [{ HostIp: '10.0.0.1', HostPort: '8080' }, { HostPort: '' }],
            '53/udp': [{ HostPort: '5300-5305' }],
            '9/tcp': null,
          },
        },
      },
      'cache',
    );
    expect(wanted).toMatchObject({
      name: 'cache',
      image: 'redis',
      memoryBytes: 1_024,
      networkMode: 'container:web',
      links: ['db:alias'],
      volumesFrom: ['data:ro'],
      ports: [
        { ip: '10.0.0.1', port: 8080, protocol: 'tcp' },
        { ip: '', port: 0, protocol: 'tcp' },
        { ip: '', port: 5300, last: 5305, protocol: 'udp' },
      ],
    });
  });

  it('has exposed ports in the network of its node', () => {
    const ExposedPorts = { '80/tcp': {}, '53/udp': {}, '7000-7001': {} };
    const { wanted } = read({ ExposedPorts, HostConfig: { NetworkMode: 'host' } });
    expect(wanted.exposedPorts).toEqual([80, 53, 7000, 7001]);
    expect(wanted.exposedNames).toEqual(['80/tcp', '53/udp', '7000/tcp', '7001/tcp']);
    expect(read({ ExposedPorts }).wanted.exposedPorts).toEqual([]);
  });

  it.each(['http', '-1', '80-', '90-80', '70000'])('is refused when it binds port %j', (HostPort) => {
    expect(thrown(() => read({ HostConfig: { PortBindings: { '80/tcp': [{ HostPort }] } } }))).toEqual({
      code: 'INVALID',
      message: `invalid port specification: "${HostPort}"`,
    });
  });

  it('is refused when it exposes more ports than there are', () => {
    const ExposedPorts = { '0-65535/tcp': {}, '0-65535/udp': {} };
    expect(thrown(() => read({ ExposedPorts, HostConfig: { NetworkMode: 'host' } })).code).toBe('INVALID');
  });
});
