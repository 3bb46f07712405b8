import { describe, expect, it } from 'vitest';
import { fileWith, firstOf, parse, refusal, warningsOf } from '../support/cli-compose.js';

/** The spec of `web` after a second file. */
function mergedSpec(first: string, second: string) {
  return firstOf(parse([fileWith(first), `services:\n  web:\n${second.replace(/^/gm, '    ')}\n`]).services).spec;
}
const mergedContainer = (first: string, second: string) => mergedSpec(first, second).task?.container ?? {};

describe('a later file', () => {
  it.each([
    ['hostname: a', 'hostname: b', { hostname: 'b' }],
    ['hostname: a', 'user: u', { hostname: 'a', user: 'u' }],
    ['command: [a, b]', 'command: [c]', { args: ['c'] }],
    ['entrypoint: a b', 'entrypoint: [c]', { command: ['c'] }],
    ['environment: {A: 1, B: 2}', 'environment: [B=3, C=4]', { env: ['A=1', 'B=3', 'C=4'] }],
    ['environment: [A=1]', 'environment: {A: }', { env: ['A'] }],
    ['environment: [A=1]', 'environment: [SET]', { env: ['A=1', 'SET=v'] }],
    ['environment: [A=$SET]', 'environment: {B: "${SET}$$"}', { env: ['A=v', 'B=v$'] }],
    ['labels: {a: 1}', 'labels: [a=2, b=3]', { labels: { a: '2', b: '3' } }],
    ['dns: 1.1.1.1', 'dns: [8.8.8.8, 1.1.1.1]', { dns: { nameservers: ['1.1.1.1', '8.8.8.8'], search: [], options: [] } }],
    ['cap_add: [A, B]', 'cap_add: [B, C]', { capabilityAdd: ['CAP_A', 'CAP_B', 'CAP_C'] }],
    ['extra_hosts: ["a:1.1.1.1"]', 'extra_hosts: {b: 2.2.2.2}', { hosts: ['1.1.1.1 a', '2.2.2.2 b'] }],
    ['ulimits: {nproc: 1, nofile: 2}', 'ulimits: {nofile: {soft: 3, hard: 4}}', { ulimits: [{ name: 'nproc', soft: 1, hard: 1 }, { name: 'nofile', soft: 3, hard: 4 }] }],
    ['volumes: ["/a:/d", "/b:/e"]', 'volumes: ["/c:/d:ro"]', { mounts: [{ type: 'bind', source: '/c', target: '/d', readOnly: true }, { type: 'bind', source: '/b', target: '/e', readOnly: false }] }],
    ['healthcheck: {test: [CMD, a], retries: 2}', 'healthcheck: {test: [CMD, b]}', { healthcheck: { test: ['CMD', 'b'], retries: 2 } }],
    ['tmpfs: /a', 'tmpfs: [/b]', { mounts: [{ type: 'tmpfs', target: '/a' }, { type: 'tmpfs', target: '/b' }] }],
    ['cap_add: [A]', 'cap_add: !override [B]', { capabilityAdd: ['CAP_B'] }],
    ['cap_add: [A]', 'cap_add: !reset []', { capabilityAdd: [] }],
    ['environment: {A: 1, B: 2}', 'environment: {A: !reset null}', { env: ['B=2'] }],
    ['labels: {a: 1}', 'labels:', { labels: { a: '1' } }],
  ])('merges %j and %j', (first, second, container) => {
    expect(mergedContainer(first, second)).toMatchObject(container);
  }); // prettier-ignore

  it.each([
    ['ports: ["80:80"]', 'ports: ["80:80", "81:81"]', [80, 81]],
    ['ports: ["80:80"]', 'ports: [{target: 80, published: 80, protocol: udp}]', [80, 80]],
    ['ports: ["80:80"]', 'ports: !override ["82:80"]', [82]],
  ])('joins %j and %j', (first, second, published) => {
    expect(mergedSpec(first, second).endpoint?.ports?.map(({ publishedPort }) => publishedPort)).toEqual(published);
  });

  it('replaces logging of another driver, and merges that of the same', () => {
    const driver = (text: string) =>
      mergedSpec('logging: {driver: a, options: {x: 1}}', `logging: ${text}`).task?.logDriver;
    expect(driver('{driver: b, options: {y: 2}}')).toEqual({ name: 'b', options: { y: '2' } });
    expect(driver('{driver: a, options: {y: 2}}')).toEqual({ name: 'a', options: { x: '1', y: '2' } });
  });

  it('adds services and networks, and is named in errors and warnings', () => {
    const stack = parse([fileWith(''), 'services:\n  db: {image: d, build: x}\nnetworks: {n: }\n']);
    expect(stack.services.map(({ key }) => key)).toEqual(['web', 'db']);
    expect(warningsOf(stack)).toEqual([
      'compose.1.yaml:2: services.db.build: "build" is not supported and is left out',
    ]);
    const error = refusal([fileWith('labels: {a: b}'), 'services:\n  web:\n    hostname: [a]\n']);
    expect(error).toMatchObject({ file: 'compose.1.yaml', line: 3, column: 15, path: 'services.web.hostname' });
  });

  it('is refused when it writes a value in another way', () => {
    expect(refusal([fileWith('deploy: {replicas: 2}'), 'services:\n  web: {deploy: [a]}\n']).message).toBe(
      'compose.1.yaml:2:17: services.web.deploy: is a list, and a map at compose.yaml:4: write both in one way, or use !override',
    );
  });
});
