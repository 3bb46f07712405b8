import { describe, expect, it } from 'vitest';
import { Cluster, fileWith, firstOf, parse, refusal } from '../support/cli-compose.js';

const contents = { '/stacks/shop/a.txt': 'aé', '/stacks/shop/empty': '', '/stacks/shop/big': 'x'.repeat(1_024_001) };
const load = (text: string) => parse(text, { contents, folder: '/stacks/shop' });
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('secrets and configs', () => {
  it.each([
    ['{file: a.txt}', base64('aé')],
    ['{environment: SET}', base64('v')],
    ['{content: "x${SET}"}', base64('xv')],
  ])('take their content from %s', (source, data) => {
    const stack = load(`${fileWith('')}secrets: {s: ${source}}\nconfigs: {c: ${source}}\n`);
    expect([firstOf(stack.secrets).data, firstOf(stack.configs).data]).toEqual([data, data]);
  });

  it.each([
    ['secrets: {s: {file: nope}}', 'secrets.s.file: there is no file "/stacks/shop/nope"'],
    ['secrets: {s: {file: empty}}', 'is empty: a secret needs content'],
    ['secrets: {s: {file: big}}', 'holds 1024001 bytes, at most 512000 fit a secret'],
    ['configs: {s: {file: big}}', 'holds 1024001 bytes, at most 1024000 fit a config'],
    ['secrets: {s: {environment: NOPE}}', 'NOPE must be set in the environment'],
    ['secrets: {s: {file: a.txt, content: b}}', 'has file and content: keep one'],
    ['secrets: {s: }', 'must have one of file, environment, content, or external'],
    ['secrets: {s: {external: true, file: a.txt}}', 'means nothing for a secret that is external'],
    ['configs: {s: {driver: x}}', 'is not a key of Compose here'],
    ['secrets: {s: {file: a.txt, name: "a b"}}', 'the name "a b" must be at most 64'],
  ])('refuse %s', (text, what) => {
    expect(refusal(`${fileWith('')}${text}\n`, { contents, folder: '/stacks/shop' }).message).toContain(what);
  });

  it.each([
    ['secrets: [s]', 'there is no secret "s" in this file'],
    ['configs: [s]', 'there is no config "s" in this file'],
    ['secrets: [{target: x}]', 'source must be given'],
    ['secrets: [{source: s, mode: 9}]', 'there is no secret "s"'],
    ['secrets: [{source: s, mode: rw}]', 'must be a file mode like 0440'],
    ['secrets: [s, {source: t, target: s}]', 'the file "s" is given twice'],
    ['credential_spec: {config: c}', 'there is no config "c" in this file'],
    ['credential_spec: {file: a, registry: b}', 'must have exactly one of'],
  ])('are refused in a service: %s', (lines, what) => {
    expect(refusal(fileWith(lines)).message).toContain(what);
  });

  const rotating = (content: string, more = '') =>
    load(`${fileWith('secrets: [s]')}secrets: {s: {content: ${content}}}\n${more}`);

  it('get another object when their content changes; a prune waits until nothing uses the old one', async () => {
    const cluster = new Cluster();
    const prune = { prune: true };
    await cluster.apply(rotating('a'));
    expect(await cluster.apply(rotating('b'), prune)).toEqual([
      'create secret shop_s.59673d3d',
      'update service shop_web',
    ]);
    const service = cluster.service('shop_web');
    const before = {
      ...service.spec,
      task: { container: { image: 'i', secrets: [{ secretId: cluster.secret('shop_s').id }] } },
    };
    await cluster.store.update((tx) => tx.services().update({ ...service, previousSpec: before }));
    expect(cluster.plan(rotating('b'), prune)).toEqual([]); // a rollback of the service needs the old one
    await cluster.store.update((tx) => tx.services().update({ ...service, meta: {}, previousSpec: service.spec }));
    expect(await cluster.apply(rotating('b'), prune)).toEqual(['remove secret shop_s']);
    expect(await cluster.apply(rotating('a'))).toEqual(['create secret shop_s.59513d3d', 'update service shop_web']);
    expect(await cluster.apply(rotating('b'))).toEqual(['update service shop_web']);
  });

  it('lose their old content by themselves, when no service, rollback or live task needs it', async () => {
    const cluster = new Cluster();
    await cluster.apply(rotating('a'));
    await cluster.apply(rotating('b'));
    const service = cluster.service('shop_web');
    const old = { container: { image: 'i', secrets: [{ secretId: cluster.secret('shop_s').id }] } };
    const task = await cluster.store.update((tx) => {
      tx.services().update({ ...service, previousSpec: service.spec });
      return tx.tasks().create({ spec: old, status: { state: 'running' } });
    });
    expect(await cluster.apply(rotating('b'))).toEqual([]);
    await cluster.store.update((tx) => tx.tasks().update({ ...task, status: { state: 'shutdown' } }));
    expect(await cluster.apply(rotating('b'))).toEqual(['remove secret shop_s']);
    expect(await cluster.apply(rotating('b'))).toEqual([]);
  });

  it('never share a name, even where the ends of their names are equal', async () => {
    const cluster = new Cluster();
    const file = (content: string) => load(`configs: {c: {content: ${content}}}\n`);
    await cluster.apply(file('one'));
    await cluster.store.update((tx) =>
      tx.configs().create({ spec: { annotations: { name: 'shop_c.64486476' }, data: 'eA==' } }),
    );
    expect(await cluster.apply(file('two'))).toEqual(['remove config shop_c', 'create config shop_c.64486476.2']);
  });

  it('stay while a task uses them', async () => {
    const cluster = new Cluster();
    await cluster.apply(rotating('a'));
    const service = cluster.service('shop_web');
    await cluster.store.update((tx) => {
      tx.tasks().create({ spec: service.spec.task });
      tx.services().update({ ...service, spec: { ...service.spec, task: {} } });
      tx.services().delete(service.id);
    });
    expect(cluster.plan(load('configs: {c: {content: x}}\n'), { prune: true }).map(({ op }) => op)).toEqual(['create']);
  });

  it('change their labels in place', async () => {
    const cluster = new Cluster();
    const file = (label: string) => load(`configs: {c: {content: x, labels: {l: ${label}}}}\n`);
    await cluster.apply(file('a'));
    expect(await cluster.apply(file('b'))).toEqual(['update config shop_c']);
  });

  it('may be external, and then must be there', async () => {
    const cluster = new Cluster();
    const stack = load(
      `${fileWith('configs: [c]\nsecrets: [s]')}configs: {c: {external: true, name: theirs}}\nsecrets: {s: {external: true}}\n`,
    );
    expect(() => cluster.plan(stack)).toThrow(
      'the external config "theirs" is not there: create it first, with skep config create theirs',
    );
    await cluster.store.update((tx) => {
      tx.configs().create({ id: 'c', spec: { annotations: { name: 'theirs' }, data: 'YQ==' } });
      tx.secrets().create({ id: 's', spec: { annotations: { name: 's' }, data: 'YQ==' } });
    });
    await cluster.apply(stack, { prune: true });
    expect(cluster.service('shop_web').spec.task.container).toMatchObject({
      configs: [{ configId: 'c', configName: 'theirs', file: { name: 'c', uid: '0', gid: '0', mode: 0o444 } }],
      secrets: [{ secretId: 's', secretName: 's' }],
    });
  });

  it('serve as a credential spec, which needs no file', async () => {
    const cluster = new Cluster();
    await cluster.apply(load(`${fileWith('credential_spec: {config: c}')}configs: {c: {content: x}}\n`));
    const { container } = cluster.service('shop_web').spec.task;
    const [config] = container?.configs ?? [];
    expect(config).toMatchObject({ configName: 'shop_c', runtime: true });
    expect(config).not.toHaveProperty('file');
    expect(container?.privileges?.credentialSpec?.config).toBe(config?.configId);
  });

  it.each(['host', 'bridge', 'none'])(
    'the network %s of the engines needs no object and has no aliases',
    async (name) => {
      const cluster = new Cluster();
      await cluster.apply(load(`${fileWith('networks: [n]')}networks: {n: {external: true, name: ${name}}}\n`));
      expect(cluster.service('shop_web').spec.task.networks).toEqual([{ target: name, aliases: [] }]);
    },
  );
});
