import { describe, expect, it } from 'vitest';
import { ComposeError } from '../../src/compose/index.js';
import { Cluster, fileWith, parse } from '../support/cli-compose.js';

const rest = 'networks: {front: }\nvolumes: {data: }\nsecrets: {key: {content: a}}\nconfigs: {conf: {content: a}}\n';

/** The error with which a cluster refuses to plan a file. */
function refusal(cluster: Cluster, text: string): ComposeError {
  try {
    cluster.plan(parse(text));
  } catch (error) {
    expect(error).toBeInstanceOf(ComposeError);
    return error as ComposeError;
  }
  throw new Error('this was taken');
}

describe('a service that the cluster would refuse', () => {
  // Every row: what stands in the service `web` from line 4 on, the path that is complained of, its line, and what is said.
  it.each<[string, string, number, string]>([
    ['environment:\n  A: a\n  B: "{{.Task.Foo}}"', 'services.web.environment.B', 6, 'has {{.Task.Foo}}, which is no value here'],
    ['environment:\n  - B=b\n  - A={{now}}', 'services.web.environment[1]', 6, 'has {{now}}'],
    ['env_file: x.env', 'services.web.env_file', 4, 'has {{x}}'],
    ['hostname: "{{.Task.Slot"', 'services.web.hostname', 4, 'ends nowhere; close it with }}'],
    ['volumes:\n  - /a:/b\n  - data:b', 'services.web.volumes[1]', 6, 'must be an absolute path, is "b"'],
    ['volumes:\n  - /a:/b\n  - /c:/b/', 'services.web.volumes[1]', 6, '"/b/" has a mount already'],
    ['volumes:\n  - type: volume\n    source: data\n    target: b', 'services.web.volumes[0].target', 7, 'must be an absolute path'],
    ['volumes:\n  - /a:/b\ntmpfs:\n  - /c\n  - /b', 'services.web.tmpfs[1]', 8, '"/b" has a mount already'],
    ['volumes:\n  - /a:/b\ntmpfs: /b', 'services.web.tmpfs', 6, '"/b" has a mount already'],
    ['volumes:\n  - type: volume\n    source: data\n    target: /b\n    volume:\n      subpath: ../c', 'services.web.volumes[0].volume.subpath', 9, 'must be a path within the volume'],
    ['secrets:\n  - source: key\n    target: ../a', 'services.web.secrets[0]', 5, 'must be the path of a file'],
    ['secrets: [key]\nconfigs:\n  - source: conf\n    target: /run/secrets/key', 'services.web.configs[0]', 6, 'is given twice'],
    ['configs:\n  - source: conf\n    uid: root', 'services.web.configs[0]', 5, 'must be digits, is "root"'],
    ['deploy:\n  resources:\n    limits:\n      memory: 1m', 'services.web.deploy.resources.limits.memory', 7, 'at least 4194304'],
    ['deploy:\n  resources:\n    reservations:\n      cpus: 0.0001', 'services.web.deploy.resources.reservations.cpus', 7, 'at least 1000000'],
    ['deploy:\n  resources:\n    reservations:\n      generic_resources:\n        - discrete_resource_spec: {kind: gpu, value: 0}', 'services.web.deploy.resources.reservations.generic_resources[0]', 8, 'must be at least 1'],
    ['deploy:\n  placement:\n    constraints:\n      - node.role == manager\n      - node.name == a', 'services.web.deploy.placement.constraints[1]', 8, 'has the unknown key node.name'],
    ['deploy:\n  placement:\n    constraints: node.role', 'services.web.deploy.placement.constraints', 6, 'has no operator'],
    ['deploy:\n  placement:\n    preferences:\n      - spread: node.rack', 'services.web.deploy.placement.preferences[0].spread', 7, 'must be node.labels.NAME'],
    ['deploy:\n  endpoint_mode: dnsrr\nports:\n  - 80:80', 'services.web.ports[0]', 7, 'must be host where'],
    ['healthcheck:\n  test: [CMD]', 'services.web.healthcheck.test', 5, 'a command after CMD'],
    ['healthcheck:\n  test: a\n  interval: 2600000h', 'services.web.healthcheck.interval', 6, 'must be at most'],
    ['stop_grace_period: 2600000h', 'services.web.stop_grace_period', 4, 'must be at most'],
    ['deploy:\n  restart_policy:\n    delay: 2600000h', 'services.web.deploy.restart_policy.delay', 6, 'must be at most'],
    ['deploy:\n  update_config:\n    monitor: 2600000h', 'services.web.deploy.update_config.monitor', 6, 'must be at most'],
  ])('%j', (lines, path, line, says) => {
    const stack = parse(`${fileWith(lines)}${rest}`, { contents: { '/stacks/shop/x.env': 'A={{x}}' } });
    let error: ComposeError | undefined;
    try {
      new Cluster().plan(stack);
    } catch (thrown) {
      error = thrown as ComposeError;
    }
    expect(error).toBeInstanceOf(ComposeError);
    expect(error).toMatchObject({ file: 'compose.yaml', path, line });
    expect(error?.message).toContain(says);
    expect(error?.message).not.toContain('INVALID_OBJECT');
  }); // prettier-ignore

  it('because another one has its port, or has just given it up', async () => {
    const cluster = new Cluster();
    await cluster.apply(parse(fileWith('ports: [80:80]'), { name: 'other' }));
    expect(refusal(cluster, fileWith('ports:\n  - 443:443\n  - 80:8080'))).toMatchObject({
      path: 'services.web.ports[1]',
      line: 6,
      message: expect.stringContaining(
        '80/tcp is published by service other_web already; choose another port',
      ) as string,
    });
    await cluster.apply(parse(fileWith('ports: [81:80]'), { name: 'other' }));
    expect(cluster.plan(parse(fileWith('ports: [80:8080]')))).not.toEqual([]);
  });

  it('because its mode changes', async () => {
    const cluster = new Cluster();
    await cluster.apply(parse(fileWith('deploy: {replicas: 2}')));
    expect(refusal(cluster, fileWith('deploy:\n  mode: global'))).toMatchObject({
      path: 'services.web.deploy.mode',
      line: 5,
      message: expect.stringContaining('cannot be changed from replicated to global; remove the service') as string,
    });
  });

  it('not, because it is not changed', async () => {
    const cluster = new Cluster();
    const stack = parse(fileWith('hostname: "{{.Task.Slot}}"'));
    await cluster.apply(stack);
    expect(cluster.plan(stack)).toEqual([]);
  });
});

describe('security_opt', () => {
  const contents = { '/stacks/shop/filter.json': '{"defaultAction":"SCMP_ACT_ALLOW"}', '/stacks/shop/bad.json': '{' };
  const privilegesOf = (option: string) =>
    parse(fileWith(`security_opt: ['${option}']`), { contents }).services[0]?.spec.task?.container?.privileges;

  it.each<[string, object]>([
    ['no-new-privileges', { noNewPrivileges: true }],
    ['no-new-privileges:true', { noNewPrivileges: true }],
    ['no-new-privileges=false', { noNewPrivileges: false }],
    ['seccomp:unconfined', { seccomp: { mode: 'unconfined' } }],
    ['seccomp=./filter.json', { seccomp: { mode: 'custom', profile: contents['/stacks/shop/filter.json'] } }],
    ['apparmor:unconfined', { appArmor: 'disabled' }],
  ])('%s is part of the container', async (option, privileges) => {
    expect(privilegesOf(option)).toEqual(privileges);
    const cluster = new Cluster();
    const stack = parse(fileWith(`security_opt: ['${option}']`), { contents });
    expect(stack.warnings).toEqual([]);
    await cluster.apply(stack);
    expect(cluster.plan(stack)).toEqual([]);
  });

  it.each(['label=disable', 'apparmor=mine', 'seccomp', 'systempaths=unconfined'])('%s is warned of', (option) => {
    expect(parse(fileWith(`security_opt:\n  - ${option}`)).warnings).toEqual([
      `compose.yaml:5:9: services.web.security_opt[0]: "${option}" is not supported for a service and is left out`,
    ]);
  });

  it.each([
    ['seccomp:none.json', 'there is no file "/stacks/shop/none.json"'],
    ['seccomp:bad.json', 'names a seccomp profile that is not JSON'],
  ])('%s is refused', (option, says) => {
    expect(() => privilegesOf(option)).toThrow(says);
  });
});

describe('a port that no manager publishes', () => {
  it.each([
    ['53:53/udp', 1],
    ['{target: 53, published: 53, protocol: sctp}', 1],
    ['{target: 53, published: 53, protocol: udp, mode: host}', 0],
    ['53:53', 0],
  ])('%s has %i warnings', (port, count) => {
    const { warnings } = parse(fileWith(`ports:\n  - ${port}`));
    expect(warnings).toHaveLength(count);
    for (const warning of warnings)
      expect(warning).toMatch(/^compose\.yaml:5:9: services\.web\.ports\[0\]: a (udp|sctp) port .* published nowhere/);
  });
});
