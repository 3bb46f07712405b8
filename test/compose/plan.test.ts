import { describe, expect, it } from 'vitest';
import { Cluster, fileWith, firstOf, namesOf, parse } from '../support/cli-compose.js';

const two = 'services:\n  a: {image: i}\n  b: {image: i}\n';

/** Every key that is supported, each in a form that sets it. */
const everyKey = [
  'command: sh -c "echo a"',
  'command: [a, b]',
  'entrypoint: [a]',
  'environment: {B: 2, A: 1}',
  'environment: [B=2, A=1]',
  'labels: {b: 2, a: 1}',
  'ports: [8080:80, 90-92, {target: 1, published: 2, protocol: udp, mode: host, name: x}]',
  'networks: [front, back]',
  'networks:\n  back: {aliases: [z, y]}\n  default:',
  'healthcheck: {test: a, interval: 1s, timeout: 1s, retries: 3, start_period: 1s, start_interval: 1s}',
  'healthcheck: {disable: true}',
  'hostname: h\nuser: u\nworking_dir: /w\ntty: true\nstdin_open: true\nread_only: true\ninit: true',
  'init: false',
  'stop_signal: SIGINT\nstop_grace_period: 1s',
  'hostname: ""\nuser: ""\nworking_dir: ""\nstop_signal: ""',
  'extra_hosts: {a: 10.0.0.1}\ndns: [1.1.1.1]\ndns_search: [a.b]\ndns_opt: [c]',
  'cap_add: [A]\ncap_drop: [B]\nsysctls: {b: 1, a: 2}\ngroup_add: [g]',
  'volumes: [data:/b:ro, /c, {type: bind, source: /a, target: /d, bind: {propagation: private}}]',
  'volumes: [{type: tmpfs, target: /t, tmpfs: {size: 1m}}, {type: volume, source: data, target: /v, volume: {nocopy: true}}]',
  'logging: {driver: d, options: {b: 1, a: 2}}',
  'logging: {options: {a: 1}}',
  'restart: on-failure:3',
  'restart: always',
  'deploy: {replicas: 3}',
  'deploy: {mode: global}',
  'deploy: {labels: {b: 1, a: 2}}',
  'deploy: {placement: {constraints: [node.role == worker], preferences: [{spread: node.labels.c}], max_replicas_per_node: 1}}',
  'deploy: {placement: {}}',
  'deploy: {resources: {limits: {cpus: 0.1, memory: 1g}, reservations: {cpus: 0.3, memory: 4m}}}',
  'deploy: {resources: {}}',
  'deploy: {restart_policy: {condition: on-failure, delay: 1s, max_attempts: 1, window: 1s}}',
  'deploy: {update_config: {parallelism: 0, delay: 1s, failure_action: continue, monitor: 1s, max_failure_ratio: 0.1, order: start-first}}',
  'deploy: {rollback_config: {parallelism: 2, order: stop-first, failure_action: pause}}',
  'deploy: {update_config: {}, rollback_config: {}, restart_policy: {}}',
  'deploy: {endpoint_mode: dnsrr}',
]; // prettier-ignore

const everyNetwork = `volumes: {data: }
networks:
  front: {driver: bridge, driver_opts: {b: 1, a: 2}, internal: true, attachable: true, enable_ipv6: true, labels: {b: 1, a: 2}}
  back:
    name: behind
    ipam:
      driver: default
      options: {a: b}
      config: [{subnet: 10.0.0.0/8, ip_range: 10.1.0.0/16, gateway: 10.0.0.1, aux_addresses: {h: 10.0.0.5}}]
`;

describe('a plan', () => {
  it('makes the networks, then the services, named after the stack', async () => {
    const cluster = new Cluster();
    expect(await cluster.apply(parse(`${two}networks: {front: , back: {name: behind}}\n`))).toEqual([
      'create network shop_default',
      'create network shop_front',
      'create network behind',
      'create service shop_a',
      'create service shop_b',
    ]);
    expect(cluster.store.version).toBe(1);
  });

  it('gives services the ids of the networks that are made with them, and their key as an alias', async () => {
    const cluster = new Cluster();
    await cluster.apply(parse(`${fileWith('networks: {back: {aliases: [x, web]}, front: }')}${everyNetwork}`));
    expect(cluster.service('shop_web').spec.task.networks).toEqual([
      { target: cluster.network('behind').id, aliases: ['x', 'web'] },
      { target: cluster.network('shop_front').id, aliases: ['web'] },
    ]);
  });

  it('adds the default network only where a service needs it', async () => {
    const used = parse(`${fileWith('networks: [front]')}networks: {front: }\n`);
    expect(namesOf(new Cluster().plan(used))).toEqual(['create network shop_front', 'create service shop_web']);
    const cluster = new Cluster();
    await cluster.apply(parse(`${fileWith('')}networks: {default: {driver: bridge}}\n`));
    expect(cluster.network('shop_default').spec.driverConfig?.name).toBe('bridge');
  });

  it('marks what it makes with the stack, whatever the file says', async () => {
    const cluster = new Cluster();
    await cluster.apply(parse(fileWith('deploy: {labels: {com.docker.stack.namespace: other, a: b}}')));
    const labels = { 'com.docker.stack.namespace': 'shop', 'com.docker.stack.image': 'nginx', a: 'b' };
    expect(cluster.service('shop_web').spec.annotations.labels).toEqual(labels);
    expect(cluster.network('shop_default').spec.annotations.labels['com.docker.stack.namespace']).toBe('shop');
  });

  it.each(everyKey)('of the same file again changes nothing: %s', async (lines) => {
    const cluster = new Cluster();
    const stack = parse(`${fileWith(lines)}${everyNetwork}`);
    expect(stack.warnings).toEqual([]);
    await cluster.apply(stack);
    expect(cluster.plan(stack, { prune: true })).toEqual([]);
  });

  it.each(everyKey.filter((lines) => !/\{\}|""|mode: global/.test(lines)))(
    'of a file without it changes one service: %s',
    async (lines) => {
      const cluster = new Cluster();
      await cluster.apply(parse(`${fileWith(`${lines}`)}${everyNetwork}`));
      const [changes] = [await cluster.apply(parse(`${fileWith('networks: [front]')}${everyNetwork}`))];
      expect(changes.filter((change) => change.includes('service'))).toEqual(['update service shop_web']);
    },
  );

  it('changes only what differs, and keeps the rest of the object', async () => {
    const cluster = new Cluster();
    await cluster.apply(parse(two));
    const { id, meta } = cluster.service('shop_b');
    await cluster.store.update((tx) => {
      const service = firstOf(
        tx
          .services()
          .find()
          .filter((it) => it.id === id),
      );
      tx.services().update({ ...service, updateStatus: { state: 'completed' } });
    });
    const changed = parse('services:\n  a: {image: i}\n  b: {image: other}\n');
    expect(await cluster.apply(changed)).toEqual(['update service shop_b']);
    expect(cluster.service('shop_b')).toMatchObject({ id, updateStatus: { state: 'completed' } });
    expect(cluster.service('shop_b').meta.createdAt).toBe(meta.createdAt);
    expect(cluster.service('shop_a').meta.version).toBe(1);
  });

  it('carries the version that it was made of, so that a change in between is a conflict', async () => {
    const cluster = new Cluster();
    await cluster.apply(parse(two));
    const changes = cluster.plan(parse('services:\n  a: {image: j}\n  b: {image: i}\n'));
    expect(changes).toMatchObject([{ op: 'update', name: 'shop_a', version: 1 }]);
  });

  it('leaves what is no longer in the file, unless it is to prune', async () => {
    const cluster = new Cluster();
    await cluster.apply(parse(`${two}networks: {front: }\n`));
    await cluster.apply(parse(two, { name: 'other' }));
    await cluster.store.update((tx) => tx.services().create({ spec: { annotations: { name: 'shop_mine' } } }));
    const less = parse('services:\n  a: {image: i}\n');
    expect(cluster.plan(less)).toEqual([]);
    expect(await cluster.apply(less, { prune: true })).toEqual(['remove service shop_b', 'remove network shop_front']);
    expect(cluster.plan(less, { prune: true })).toEqual([]);
    expect(cluster.service('other_b').id).not.toBe('');
    expect(cluster.service('shop_mine').id).not.toBe('');
  });

  it('uses an external network as it is', async () => {
    const cluster = new Cluster();
    await cluster.store.update((tx) => tx.networks().create({ id: 'n', spec: { annotations: { name: 'Outside' } } }));
    const stack = parse(`${fileWith('networks: [ext]')}networks: {ext: {external: true, name: outside}}\n`);
    expect(await cluster.apply(stack, { prune: true })).toEqual(['create service shop_web']);
    expect(cluster.service('shop_web').spec.task.networks).toEqual([{ target: 'n', aliases: ['web'] }]);
    expect(cluster.network('Outside').meta.version).toBe(1);
  });

  it('says where an external network is named that is not there', () => {
    const stack = parse(`${fileWith('networks: [ext]')}networks:\n  ext: {external: true}\n`);
    expect(() => new Cluster().plan(stack)).toThrow(
      'compose.yaml:6:8: networks.ext: the external network "ext" is not there: create it first',
    );
  });

  it('makes the networks of a file that has nothing else', async () => {
    const cluster = new Cluster();
    const stack = parse('networks:\n  front: {name: proxy, attachable: true}\n  back:\n');
    expect(await cluster.apply(stack)).toEqual(['create network proxy', 'create network shop_back']);
    expect(cluster.network('proxy').spec).toMatchObject({ attachable: true, driverConfig: { name: 'overlay' } });
    expect(await cluster.apply(stack, { prune: true })).toEqual([]);
    const other = `${fileWith('networks: [front]')}networks: {front: {external: true, name: proxy}}\n`;
    expect(await cluster.apply(parse(other, { name: 'other' }))).toEqual(['create service other_web']);
  });

  it.each(['{external: true, name: proxy}', '{external: TRUE, name: proxy}', '{external: {name: proxy}}'])('joins the external network %s', async (network) => {
    const cluster = new Cluster();
    await cluster.store.update((tx) => tx.networks().create({ id: 'p', spec: { annotations: { name: 'proxy' } } }));
    await cluster.apply(parse(`${fileWith('networks: [ext]')}networks: {ext: ${network}}\n`));
    expect(cluster.service('shop_web').spec.task.networks).toEqual([{ target: 'p', aliases: ['web'] }]);
  }); // prettier-ignore

  it.each([['proxy', 'skep network create proxy']])('says how the external network %s is made', (name, command) => {
    const stack = parse(`${fileWith('networks: [ext]')}networks: {ext: {external: true, name: ${name}}}\n`);
    expect(() => new Cluster().plan(stack)).toThrow(new RegExp(`: create it first, with ${command}$`));
  });

  const profiled =
    'services:\n  a: {image: i}\n  b: {image: i, profiles: [debug], networks: [ext]}\n  c: {image: i, profiles: [test, debug]}\n' +
    'networks: {ext: {external: true}}\n';

  it.each([
    [[], ['a']],
    [['debug'], ['a', 'b', 'c']],
    [['test'], ['a', 'c']],
    [['other', ''], ['a']],
    [['*'], ['a', 'b', 'c']],
  ])('with the profiles %j makes %j', (profiles, keys) => {
    const { services, leftOut, warnings } = parse(profiled, { profiles });
    expect(services.map(({ key }) => key)).toEqual(keys);
    expect(leftOut).toEqual(['a', 'b', 'c'].filter((key) => !keys.includes(key)));
    expect(warnings).toEqual([]);
  });

  it('leaves a service alone that no profile lets in, and what it needs', async () => {
    const cluster = new Cluster();
    expect(await cluster.apply(parse(profiled))).toEqual(['create network shop_default', 'create service shop_a']);
    await cluster.store.update((tx) => tx.networks().create({ spec: { annotations: { name: 'ext' } } }));
    await cluster.apply(parse(profiled, { profiles: ['debug'] }));
    expect(await cluster.apply(parse(profiled), { prune: true })).toEqual([]);
    const onlyProfiled = 'services:\n  c: {image: i, profiles: [test]}\n';
    expect(await cluster.apply(parse(onlyProfiled), { prune: true })).toEqual([
      'remove service shop_a',
      'remove service shop_b',
    ]);
  });

  it('checks a service that no profile lets in, save for its ports', () => {
    const file = (rest: string) =>
      `services:\n  a: {image: i, ports: [80:80]}\n  b: {image: i, profiles: [x], ${rest}}\n`;
    expect(parse(file('ports: [80:80]')).leftOut).toEqual(['b']);
    expect(() => parse(file('ports: [80:80]'), { profiles: ['x'] })).toThrow('80/tcp is published by the service "a"');
    expect(() => parse(file('tty: maybe'))).toThrow('services.b.tty');
  });

  it('never prunes a network that is external now', async () => {
    const cluster = new Cluster();
    await cluster.apply(parse(`${fileWith('networks: [front]')}networks: {front: }\n`));
    const stack = parse(`${fileWith('networks: [front]')}networks: {front: {external: true, name: shop_front}}\n`);
    expect(cluster.plan(stack, { prune: true })).toEqual([]);
  });

  it.each([
    ['a network of another stack', `${fileWith('networks: [n]')}networks: {n: {name: shared}}\n`, 'other'],
    ['a service whose name is the same by chance', 'services:\n  b_a: {image: i}\n', 'shop'],
  ])('does not take over %s', async (_what, text, name) => {
    const cluster = new Cluster();
    await cluster.apply(parse(`${fileWith('networks: [n]')}networks: {n: {name: shared}}\n`));
    await cluster.apply(parse('services:\n  a: {image: i}\n', { name: 'shop_b' }));
    expect(() => cluster.plan(parse(text, { name }))).toThrow(/^NAME_CONFLICT: .*belongs to the stack "shop/);
  });

  it('does not take over what belongs to no stack', async () => {
    const cluster = new Cluster();
    await cluster.store.update((tx) => tx.services().create({ spec: { annotations: { name: 'SHOP_web' } } }));
    expect(() => cluster.plan(parse(fileWith('')))).toThrow(/^NAME_CONFLICT: .*"SHOP_web"/);
  });

  it('gives the volumes of the file the name of the stack, save for those that have their own', async () => {
    const cluster = new Cluster();
    const stack = parse(
      'services: {a: {image: i, volumes: [data:/d, own:/o, theirs:/t, ./here:/h]}}\n' +
        'volumes: {data: , own: {name: mine}, theirs: {external: true}}\n',
    );
    await cluster.apply(stack);
    const [service] = cluster.store.view((tx) => tx.services().find());
    const sources = service?.spec.task.container?.mounts.map(({ source }) => source);
    expect(sources).toEqual(['shop_data', 'mine', 'theirs', '/stacks/shop/here']);
    expect(stack.warnings).toEqual([]);
  });

  it('leaves alone what a Compose file cannot say', async () => {
    const cluster = new Cluster();
    await cluster.apply(parse(two));
    await cluster.store.update((tx) => {
      for (const service of tx.services().find()) {
        const { annotations, task } = service.spec;
        const indices = [{ key: 'team', val: 'shop' }];
        const spec = { ...service.spec, annotations: { ...annotations, indices }, task: { ...task, forceUpdate: 3 } };
        tx.services().update({ ...service, spec });
      }
    });
    expect(await cluster.apply(parse(two))).toEqual([]);
  });
});
