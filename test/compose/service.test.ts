import { describe, expect, it } from 'vitest';
import { containerOf, fileWith, parse, specOf, warningsOf } from '../support/cli-compose.js';

const image = { 'com.docker.stack.image': 'nginx' };

describe('a service of a Compose file', () => {
  it.each([
    ['hostname: h', { hostname: 'h' }],
    ['user: 1000:1000', { user: '1000:1000' }],
    ['user: 0777', { user: '0777' }],
    ['working_dir: /srv', { dir: '/srv' }],
    ['tty: true', { tty: true }],
    ['stdin_open: true', { openStdin: true }],
    ['read_only: true', { readOnly: true }],
    ['init: false', { init: false }],
    ['stop_signal: SIGINT', { stopSignal: 'SIGINT' }],
    ['stop_grace_period: 1m30s', { stopGracePeriodMs: 90_000 }],
    ['group_add: [1, staff]', { groups: ['1', 'staff'] }],
    ['cap_add: [ALL]', { capabilityAdd: ['ALL'] }],
    ['cap_drop: [NET_ADMIN, CAP_SYS_TIME, net_admin]', { capabilityDrop: ['CAP_NET_ADMIN', 'CAP_SYS_TIME'] }],
    ['cap_drop: [ALL, CHOWN]\ncap_add: [chown]', { capabilityAdd: ['CAP_CHOWN'], capabilityDrop: ['ALL'] }],
    ['sysctls: {net.core.somaxconn: 1024}', { sysctls: { 'net.core.somaxconn': '1024' } }],
    ['sysctls: [net.core.somaxconn=1024]', { sysctls: { 'net.core.somaxconn': '1024' } }],
    ['dns: 8.8.8.8', { dns: { nameservers: ['8.8.8.8'], search: [], options: [] } }],
    ['dns: [8.8.8.8, 1.1.1.1]\ndns_search: [a.org]\ndns_opt: [use-vc]', { dns: { nameservers: ['8.8.8.8', '1.1.1.1'], search: ['a.org'], options: ['use-vc'] } }],
  ])('has %s in its container', (lines, container) => {
    expect(containerOf(lines)).toMatchObject(container);
  }); // prettier-ignore

  it.each([
    ['["a:10.0.0.1"]', ['10.0.0.1 a']],
    ['["a=10.0.0.1"]', ['10.0.0.1 a']],
    ['{a: 10.0.0.1, b: 10.0.0.2}', ['10.0.0.1 a', '10.0.0.2 b']],
    ['["a:::1"]', ['::1 a']],
    ['["a:[::1]"]', ['::1 a']],
    ['{a: "::1"}', ['::1 a']],
  ])('has the extra_hosts %s as lines of /etc/hosts', (hosts, lines) => {
    expect(containerOf(`extra_hosts: ${hosts}`).hosts).toEqual(lines);
  });

  it.each([
    ['{A: b, N: 1, F: true, D: 1.10, H: 0x1F, E: ""}', ['A=b', 'D=1.10', 'E=', 'F=true', 'H=0x1F', 'N=1']],
    ['[A=b, C=d=e, E=]', ['A=b', 'C=d=e', 'E=']],
    ['{SET: , NOPE: }', ['NOPE', 'SET=v']],
    ['[SET, NOPE]', ['NOPE', 'SET=v']],
    ['[A=b, A=c]', ['A=c']],
    ['{WHEN: 2020-01-01, ON: yes, OCTAL: 010}', ['OCTAL=010', 'ON=yes', 'WHEN=2020-01-01']],
  ])('takes the environment %s as it is written, sorted', (environment, variables) => {
    expect(containerOf(`environment: ${environment}`).env).toEqual(variables);
  });

  it.each([
    ['{a: b, n: 1}', { a: 'b', n: '1' }],
    ['[a=b, c=d=e]', { a: 'b', c: 'd=e' }],
    ['{a: , SET: }', { a: '', SET: '' }],
    ['[a, SET]', { a: '', SET: '' }],
  ])('takes the labels %s, empty ones too and none from the environment', (labels, expected) => {
    expect(containerOf(`labels: ${labels}`).labels).toEqual(expected);
    expect(specOf(`deploy: {labels: ${labels}}`).annotations?.labels).toEqual({ ...expected, ...image });
  });

  it('keeps the labels of its containers and its own apart', () => {
    const spec = specOf('labels: {a: b}\ndeploy: {labels: {c: d}}');
    expect(spec.task?.container?.labels).toEqual({ a: 'b' });
    expect(spec.annotations?.labels).toEqual({ c: 'd', ...image });
  });

  it.each([
    ['[sleep, 10, true]', ['sleep', '10', 'true']],
    ['sleep 10', ['sleep', '10']],
    ['""', []],
    [`sh -c "echo 'a b'"`, ['sh', '-c', "echo 'a b'"]],
    [`sh -c 'echo "a b"'`, ['sh', '-c', 'echo "a b"']],
    [`a "" ''`, ['a', '', '']],
    [`a"b c"'d e'\\ f`, ['ab cd e f']],
    [`'say "\\"hi\\" \\\\ there"'`, ['say', '"hi" \\ there']],
    [`printf "a\\nb"`, ['printf', 'a\\nb']],
    [`|\n  serve \\\n    --port 80\n  `, ['serve', '--port', '80']],
    [`>\n  sh -c\n  "a b"`, ['sh', '-c', 'a b']],
    [`|\n  serve # quickly\n  # the usual port\n  --port 80\n\n  #--verbose\n  `, ['serve', '--port', '80']],
    [`|\n  # it's "all\n  a#b '#c' "#d" \\#e ''#f`, ['a#b', '#c', '#d', '#e', '#f']],
    ['"# only"', []],
    [`'a\\ #b'`, ['a #b']],
    [`"a\u00a0b"`, ['a\u00a0b']],
    [`a'b'"c d"e`, ['abc de']],
    [`|\n  'a\n  b' c\n  `, ['a\nb', 'c']],
    [`"echo $$HOME $SET"`, ['echo', '$HOME', 'v']],
  ])('splits the command %s as a shell would', (command, words) => {
    // The quotes around a whole value are YAML's, and come off first.
    expect(containerOf(`command: ${command}`).args).toEqual(words);
    expect(containerOf(`entrypoint: ${command}`).command).toEqual(words);
  });

  it.each([
    ['{test: [CMD, curl, x]}', { test: ['CMD', 'curl', 'x'] }],
    ['{test: [CMD-SHELL, "curl x"]}', { test: ['CMD-SHELL', 'curl x'] }],
    ['{test: curl x || exit 1}', { test: ['CMD-SHELL', 'curl x || exit 1'] }],
    ['{test: [NONE]}', { test: ['NONE'] }],
    ['{disable: true}', { test: ['NONE'] }],
    ['{disable: true, test: [CMD, x]}', { test: ['NONE'] }],
    ['{disable: false, test: x}', { test: ['CMD-SHELL', 'x'] }],
    ['{interval: 5s}', { test: [], intervalMs: 5_000 }],
    ['{test: x, interval: 1m, timeout: 2s, retries: 5, start_period: 3s, start_interval: 500ms}', { test: ['CMD-SHELL', 'x'], intervalMs: 60_000, timeoutMs: 2_000, retries: 5, startPeriodMs: 3_000, startIntervalMs: 500 }],
  ])('has the healthcheck %s', (healthcheck, expected) => {
    expect(containerOf(`healthcheck: ${healthcheck}`).healthcheck).toEqual(expected);
  }); // prettier-ignore

  it.each([
    ['data:/d', { type: 'volume', source: 'data', target: '/d', readOnly: false }],
    ['data:/d:ro', { type: 'volume', source: 'data', target: '/d', readOnly: true }],
    ['/d', { type: 'volume', target: '/d' }],
    ['./a:/d', { type: 'bind', source: '/stacks/shop/a', target: '/d', readOnly: false }],
    ['/a:/d:rw', { type: 'bind', source: '/a', target: '/d', readOnly: false }],
    ['~/a:/d', { type: 'bind', source: '/home/ann/a', target: '/d', readOnly: false }],
    ['..:/d', { type: 'bind', source: '/stacks', target: '/d', readOnly: false }],
    ['C:\\x:/d:ro', { type: 'bind', source: 'C:\\x', target: '/d', readOnly: true }],
    ['{type: bind, source: a, target: /d}', { type: 'bind', source: '/stacks/shop/a', target: '/d' }],
    ['/a:/d:rshared', { type: 'bind', source: '/a', target: '/d', readOnly: false, bind: { propagation: 'rshared' } }],
    ['/a:/d:ro,rslave', { type: 'bind', source: '/a', target: '/d', readOnly: true, bind: { propagation: 'rslave' } }],
    ['data:/d:nocopy', { type: 'volume', source: 'data', target: '/d', readOnly: false, volume: { noCopy: true } }],
    ['{type: bind, source: /a, target: /d, read_only: true, bind: {propagation: rslave}}', { type: 'bind', source: '/a', target: '/d', readOnly: true, bind: { propagation: 'rslave' } }],
    ['{type: volume, source: v, target: /d, volume: {nocopy: true}}', { type: 'volume', source: 'v', target: '/d', volume: { noCopy: true } }],
    ['{type: tmpfs, target: /d, tmpfs: {size: 64m}}', { type: 'tmpfs', source: '', target: '/d', tmpfs: { sizeBytes: 67_108_864 } }],
  ])('mounts %s', (volume, mount) => {
    const listed = 'volumes: {data: {external: true}, v: {external: true}}\n';
    const [service] = parse(`${fileWith(`volumes:\n  - ${volume}`)}${listed}`).services;
    const { type, source, volume: options } = mount as { type: string; source?: string; volume?: object };
    const isListed = type === 'volume' && source !== undefined;
    const expected = isListed ? { ...mount, volume: { ...options, labels: {} } } : mount;
    expect(service?.spec.task?.container?.mounts).toEqual([expected]);
  }); // prettier-ignore

  it.each(['z', 'Z', 'cached', 'delegated', 'consistent'])('does without the mount option %s, and says so', (word) => {
    const stack = parse(fileWith(`volumes:\n  - /a:/d:ro,${word}`));
    const { services } = stack;
    const mount = { type: 'bind', source: '/a', target: '/d', readOnly: true };
    expect(services[0]?.spec.task?.container?.mounts).toEqual([mount]);
    expect(warningsOf(stack)).toEqual([
      `compose.yaml:5: services.web.volumes[0]: "${word}" is not supported and is left out`,
    ]);
  });

  it.each([
    ['53:53/UDP', [{ targetPort: 53, publishedPort: 53, protocol: 'udp' }]],
    ['80:80/Tcp', [{ targetPort: 80, publishedPort: 80, protocol: 'tcp' }]],
    ['80/', [{ targetPort: 80, protocol: 'tcp' }]],
    [':80', [{ targetPort: 80, protocol: 'tcp' }]],
    ['080:80', [{ targetPort: 80, publishedPort: 80, protocol: 'tcp' }]],
    ['9000-9001:80', [9000, 9001].map((publishedPort) => ({ targetPort: 80, publishedPort, protocol: 'tcp' }))],
  ])('takes the port %j as Docker does', (port, ports) => {
    expect(specOf(`ports: ["${port}"]`).endpoint?.ports).toEqual(ports);
  });

  it('takes a protocol in capitals in the long form', () => {
    expect(specOf('ports: [{target: 53, protocol: UDP}]').endpoint?.ports).toMatchObject([{ protocol: 'udp' }]);
  });

  it('lets services share a port of their hosts, and a number among protocols', () => {
    const port = (rest: string) => `ports: [{target: 80, published: 80${rest}}]`;
    const { services } = parse(
      `services:\n  a: {image: i, ${port(', mode: host')}}\n  b: {image: i, ${port(', mode: host')}}\n  c: {image: i, ${port(', protocol: udp')}}\n`,
    );
    expect(services).toHaveLength(3);
  });

  it.each([
    ['true', true], ['True', true], ['TRUE', true], ['yes', true], ['Yes', true], ['on', true], ['y', true], ['"true"', true],
    ['false', false], ['False', false], ['FALSE', false], ['no', false], ['NO', false], ['off', false], ['n', false],
  ])('reads %s as %s', (text, value) => {
    expect(containerOf(`init: ${text}`).init).toBe(value);
    const { networks } = parse(`${fileWith('')}networks: {n: {external: ${text}}}\n`);
    expect(networks.find(({ key }) => key === 'n')?.external).toBe(value);
  }); // prettier-ignore

  it('has a log driver', () => {
    expect(specOf('logging: {driver: json-file, options: {max-size: 10m, max-file: 3}}').task?.logDriver).toEqual({
      name: 'json-file',
      options: { 'max-size': '10m', 'max-file': '3' },
    });
  });

  it('has nothing that the file does not say', () => {
    const { spec } = parse(fileWith('')).services[0] ?? {};
    expect(spec?.task).not.toHaveProperty('resources');
    expect(spec?.task).not.toHaveProperty('restart');
    expect(spec?.task).not.toHaveProperty('placement');
    expect(spec?.task).not.toHaveProperty('logDriver');
    expect(spec).not.toHaveProperty('endpoint');
    expect(spec).not.toHaveProperty('update');
    expect(spec?.mode).toEqual({ replicated: { replicas: 1 } });
  });
});
