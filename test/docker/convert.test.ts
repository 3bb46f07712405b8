import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText, parseJson } from '../../src/docker/convert/big-integers.js';
import { containerEntry, isUp } from '../../src/docker/convert/container-entry.js';
import { createBody } from '../../src/docker/convert/create-body.js';
import { eventText } from '../../src/docker/convert/event-text.js';
import { infoRows } from '../../src/docker/convert/info-rows.js';
import { inspectAnswer } from '../../src/docker/convert/inspect.js';
import { bytesText } from '../../src/docker/convert/sizes.js';
import { globMatcher } from '../../src/docker/glob.js';
import { imageEntry, ImageGroups, repositoryOf } from '../../src/docker/image-groups.js';
import { newestFirst } from '../../src/docker/list-order.js';
import { registryAuth } from '../../src/docker/registry-auth.js';
import { splitVersion } from '../../src/docker/versions.js';
import type { ContainerSummary, EngineHandle, ImageSummary } from '../../src/fleet/index.js';
import { containerOf } from '../support/plain-fleet.js';

const engine = {
  ...{ id: 'AA|10.0.0.1:2375', name: 'node-1', addr: '10.0.0.1:2375', ip: '10.0.0.1', state: 'healthy' },
  ...{ lastError: '', updatedAt: Date.parse('2026-01-02T03:04:05.678Z'), serverVersion: '20.10.24' },
  ...{ labels: { storage: 'ssd', zone: 'a' }, cpus: 4, usedCpus: 1.5, memoryBytes: 8 * 2 ** 30, usedMemoryBytes: 0 },
  ...{ containers: [], images: [], info: { NCPU: 4, MemTotal: 8 * 2 ** 30 } },
} as unknown as EngineHandle;

const summary: ContainerSummary = {
  ...{ Id: 'f'.repeat(64), Names: ['/web', '/db/alias'], Image: 'busybox', ImageID: 'sha256:1', Command: 'sh' },
  ...{ Created: 1_000, Labels: {}, State: 'running', Status: 'Up 1 second', SizeRw: 12 },
  Ports: [
    { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8_080, Type: 'tcp' },
    { IP: '::', PrivatePort: 80, PublicPort: 8_080, Type: 'tcp' },
    { IP: '127.0.0.1', PrivatePort: 81, PublicPort: 8_081, Type: 'tcp' },
    { PrivatePort: 90, Type: 'udp' },
  ],
};
const now = Date.parse('2026-01-02T12:00:00Z');
const running = { State: { Status: 'running', StartedAt: '2026-01-02T10:00:00Z' } };

describe('an entry of ps', () => {
  it('has the engine before its names, addresses that can be reached, and a status as of now', () => {
    const entry = containerEntry(containerOf(summary, running, engine), now);
    expect(entry).toMatchObject({
      Names: ['/node-1/web', '/node-1/db/alias'],
      Ports: [
        { IP: '10.0.0.1', PrivatePort: 80, PublicPort: 8_080, Type: 'tcp' },
        { IP: '127.0.0.1', PrivatePort: 81, PublicPort: 8_081, Type: 'tcp' },
        { PrivatePort: 90, Type: 'udp' },
      ],
      State: 'running',
      Status: 'Up 2 hours',
      SizeRw: 12,
    });
  });

  it('says so when its engine is not healthy', () => {
    const down = containerOf(summary, running, { ...engine, state: 'unhealthy' });
    expect(containerEntry(down, now).Status).toBe('Host Down');
    expect(isUp(down)).toBe(false);
    expect(isUp(containerOf(summary, running, engine))).toBe(true);
  });
});

describe('an inspection', () => {
  const answer = JSON.stringify({
    Id: 'f',
    HostConfig: { Memory: 1, PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '80' }] } },
    Config: { Labels: { HostIp: '0.0.0.0' } },
    NetworkSettings: {
      Bridge: '',
      Ports: {
        '80/tcp': [
          { HostIp: '0.0.0.0', HostPort: '80' },
          { HostIp: '::', HostPort: '80' },
        ],
        '81/tcp': null,
      },
    },
  });

  it('tells of the engine, and rewrites only addresses where ports are published', () => {
    const shown = JSON.parse(inspectAnswer(answer, engine));
    expect(shown.Node).toEqual({
      ...{ ID: engine.id, IP: '10.0.0.1', Addr: '10.0.0.1:2375', Name: 'node-1', Cpus: 4, Memory: 8 * 2 ** 30 },
      Labels: { storage: 'ssd', zone: 'a' },
    });
    expect(shown.NetworkSettings).toEqual({
      Bridge: '',
      Ports: { '80/tcp': [{ HostIp: '10.0.0.1', HostPort: '80' }], '81/tcp': null },
    });
    expect(shown.HostConfig.PortBindings['80/tcp'][0].HostIp).toBe('');
    expect(shown.Config.Labels.HostIp).toBe('0.0.0.0');
  });

  it('keeps integers of 64 bits', () => {
    const text = answer.replace('"Memory":1', '"Memory":9223372036854775807');
    expect(inspectAnswer(text, engine)).toContain('"Memory":9223372036854775807');
  });

  it('survives an engine that leaves ports out', () => {
    expect(JSON.parse(inspectAnswer('{"Id":"f"}', engine))).toMatchObject({ Id: 'f', Node: { Name: 'node-1' } });
  });
});

describe('JSON with long integers', () => {
  it.each([
    '{"a":9223372036854775807,"b":-9223372036854775808,"c":[12345678901234567890]}',
    '{"text":"9223372036854775807 and \\"9223372036854775807\\""}',
    '{"float":0.1234567890123456,"small":12,"exponent":1e+30}',
    '{"marked":"\\u0000int:12345678901234567890"}',
    '{"marked":"\\u0000int:text:1","quoted":"a\\"\\u0000int:text:\\""}',
  ])('%s comes back as it was', (text) => {
    expect(jsonText(parseJson(text))).toBe(text);
  });

  it('is JSON in all else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(jsonText(parseJson(text)))).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('rows of info', () => {
  const fleet = (...engines: EngineHandle[]) => ({
    strategy: 'spread',
    filters: ['health', 'port'],
    engines: () => engines,
  });

  it('are those of Docker Swarm, in its order', () => {
    expect(infoRows(fleet(engine), undefined)).toEqual([
      ['Role', 'primary'],
      ['Strategy', 'spread'],
      ['Filters', 'health, port'],
      ['Nodes', '1'],
      [' node-1', '10.0.0.1:2375'],
      ['  └ ID', 'AA|10.0.0.1:2375'],
      ['  └ Status', 'Healthy'],
      ['  └ Containers', '0 (0 Running, 0 Paused, 0 Stopped)'],
      ['  └ Reserved CPUs', '1.5 / 4'],
      ['  └ Reserved Memory', '0 B / 8 GiB'],
      ['  └ Labels', 'storage=ssd, zone=a'],
      ['  └ UpdatedAt', '2026-01-02T03:04:05Z'],
      ['  └ ServerVersion', '20.10.24'],
    ]);
  });

  it('name the primary of a replica, engines in natural order, and errors', () => {
    const ten = { ...engine, name: 'node-10', lastError: 'refused', state: 'unhealthy' as const };
    const pending = { ...engine, name: '', addr: '10.0.0.9:2375', state: 'pending' as const, updatedAt: 0 };
    const rows = infoRows(fleet(ten, pending, { ...engine, name: 'node-2' }), {
      is: 'replica',
      primary: '10.1.1.1:4000',
    });
    expect(rows.slice(0, 2)).toEqual([
      ['Role', 'replica'],
      ['Primary', '10.1.1.1:4000'],
    ]);
    expect(rows.map(([name]) => name).filter((name) => /^ \S/.test(name))).toEqual([
      ' node-2',
      ' node-10',
      ' (unknown)',
    ]);
    expect(rows).toContainEqual(['  └ Error', 'refused']);
    expect(rows).toContainEqual(['  └ Status', 'Pending']);
    expect(rows).toContainEqual(['  └ UpdatedAt', '0001-01-01T00:00:00Z']);
  });

  it.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_024, '1 KiB'],
    [1_096_024_000, '1.021 GiB'],
    [2 ** 50, '1 PiB'],
  ])('write %d bytes as %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });
});

describe('an event', () => {
  it('has the facts of its engine, and all digits of its time', () => {
    const event = {
      ...{ Type: 'container', Action: 'start', status: 'start', id: 'f', from: 'busybox', time: 12 },
      ...{ Actor: { ID: 'f', Attributes: { name: 'web' } }, timeNano: '1767355445123456789' },
    };
    const text = eventText({ engine, event });
    expect(text).toMatch(/,"timeNano":1767355445123456789\}\n$/);
    expect(JSON.parse(text)).toMatchObject({
      from: 'busybox node:node-1',
      node: { Name: 'node-1', Id: engine.id, Addr: '10.0.0.1:2375', Ip: '10.0.0.1' },
      Actor: { Attributes: { name: 'web', 'node.name': 'node-1', 'node.ip': '10.0.0.1' } },
    });
  });
});

describe('images of a cluster', () => {
  const image = (id: string, tags: string[] | null, more: Partial<ImageSummary> = {}) => ({
    summary: { Id: id, RepoTags: tags, RepoDigests: null, Created: 1, Size: 1, ...more },
  });
  const groups = (...images: ReturnType<typeof image>[]) => {
    const made = new ImageGroups();
    for (const one of images as Parameters<ImageGroups['add']>[0][]) made.add(one);
    return made;
  };

  it('are one for each id, with the tags of all engines', () => {
    const all = [...groups(image('1', ['a:1']), image('1', ['a:1', 'b:2']), image('2', null)).all()].map(imageEntry);
    expect(all).toMatchObject([
      { Id: '1', RepoTags: ['a:1', 'b:2'], RepoDigests: [] },
      { Id: '2', RepoTags: ['<none>:<none>'], RepoDigests: ['<none>@<none>'] },
    ]);
  });

  it('are intermediate without a name and with children', () => {
    const made = groups(image('1', ['<none>:<none>']), image('2', null), image('3', ['c:1'], { ParentId: '1' }));
    expect([...made.all()].filter((group) => made.isIntermediate(group)).map(({ id }) => id)).toEqual(['1']);
  });

  it.each([
    ['busybox', 'busybox'],
    ['busybox:1', 'busybox'],
    ['host:5000/a/b:1', 'host:5000/a/b'],
    ['host:5000/a', 'host:5000/a'],
    ['a@sha256:12', 'a'],
  ])('%s is of the repository %s', (reference, repository) => {
    expect(repositoryOf(reference)).toBe(repository);
  });

  it.each([
    ['busy*', 'busybox', true],
    ['busy*', 'busybox/x', false],
    ['*/busybox', 'me/busybox', true],
    ['b?sybox:[0-9]', 'busybox:7', true],
    ['busy.ox', 'busybox', false],
    ['a+(b', 'a+(b', true],
  ])('the pattern %s on %s: %s', (pattern, text, fits) => {
    expect(globMatcher(pattern)(text)).toBe(fits);
  });
});

describe('order of a list', () => {
  it('is that of a stable sort by time, newest first', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 31 })), fc.array(fc.integer({ min: 0, max: 3 })), (a, b) => {
        const items = [...a, ...b].map((seconds, place) => ({ seconds, place }));
        const sorted = [...items].sort((x, y) => y.seconds - x.seconds);
        expect(newestFirst(items, ({ seconds }) => seconds)).toEqual(sorted);
      }),
    );
  });
});

describe('versions in paths', () => {
  it.each([
    ['/v1.41/info', '1.41', '/info'],
    ['/v1.24/containers/json', '1.24', '/containers/json'],
    ['/info', '', '/info'],
    ['/v1/info', '', '/v1/info'],
    ['/v1.41', '', '/v1.41'],
  ])('%s is %s and %s', (path, version, rest) => {
    expect(splitVersion(path)).toEqual({ version, path: rest });
  });

  it.each([
    ['/v1.9/info', 'client version 1.9 is too old. Minimum supported API version is 1.24'],
    ['/v1.42/info', 'client version 1.42 is too new. Maximum supported API version is 1.41'],
    ['/v2.0/info', 'client version 2.0 is too new'],
  ])('%s is refused', (path, message) => {
    expect(() => splitVersion(path)).toThrow(message);
  });
});

describe('the body of a create', () => {
  it.each([
    [{ Env: 'a=b' }, 'Env must be a list'],
    [{ Env: [1] }, 'Env[0] must be a text'],
    [{ Labels: { a: 1 } }, 'Labels["a"] must be a text'],
    [{ HostConfig: [] }, 'HostConfig must be an object'],
    [{ HostConfig: { Memory: '1g' } }, 'HostConfig.Memory must be a whole number'],
    [{ HostConfig: { PortBindings: { '80/tcp': {} } } }, 'HostConfig.PortBindings["80/tcp"] must be a list'],
    [{ HostConfig: { PortBindings: { '80/tcp': [{ HostPort: 80 }] } } }, '[0].HostPort must be a text'],
    [{ NetworkingConfig: { EndpointsConfig: { a: 1 } } }, 'EndpointsConfig["a"] must be an object'],
  ])('%j is refused by its path', (body, message) => {
    expect(() => createBody(body)).toThrow(message);
  });

  it('may have nulls and fields that nobody knows', () => {
    const body = { Env: null, Labels: null, HostConfig: { Links: null, Xyz: 1 }, NetworkingConfig: null };
    expect(createBody(body)).toBe(body);
  });
});

describe('credentials for a registry', () => {
  const header = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  it.each([
    [header({ username: 'u', password: 'p', more: 1 }), { username: 'u', password: 'p' }],
    [header({}), undefined],
    [header(null), undefined],
    [header({ username: 1 }), undefined],
    ['!!!', undefined],
    [undefined, undefined],
  ])('of %s are %j', (text, auth) => {
    expect(registryAuth(text)).toEqual(auth);
  });
});
