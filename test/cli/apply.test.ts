import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { buildIfMissing, SkepProcess } from '../support/cli-process.js';
import { Folder, openMember, type Ran, skep } from '../support/cli-run.js';

const two = 'services:\n  a: {image: i}\n  b: {image: i}\n';
let member: OpenReplica;
let folder: Folder;
let file: string;

beforeAll(async () => {
  buildIfMissing();
  member = await openMember();
  folder = await Folder.make();
  file = await folder.write('compose.yaml', two);
});
afterEach(async () => {
  await member.store.update((tx) => {
    for (const { id } of tx.services().find()) tx.services().delete(id);
    for (const { id } of tx.networks().find()) tx.networks().delete(id);
    for (const { id } of tx.secrets().find()) tx.secrets().delete(id);
    for (const { id } of tx.configs().find()) tx.configs().delete(id);
  });
});
afterAll(async () => {
  await member.close();
  await folder.remove();
});

function apply(...args: string[]): Promise<Ran> {
  return skep(['--host', member.addr ?? '', 'apply', ...args]);
}

const serviceNames = () =>
  member.store.view((tx) => tx.services().find()).map((service) => service.spec.annotations.name);

describe('skep apply', () => {
  it('makes what the file says in one transaction, and prints it as a table', async () => {
    const before = member.store.version;
    const { code, out, err } = await apply(file, '--stack', 'shop');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const rows = out.trimEnd().split('\n');
    expect(rows[0]).toMatch(/^ACTION +KIND +NAME +ID$/);
    expect(rows.slice(1).map((row) => row.split(/ +/).slice(0, 3).join(' '))).toEqual([
      'create network shop_default',
      'create service shop_a',
      'create service shop_b',
    ]);
    expect(member.store.version).toBe(before + 1);
    const ids = member.store.view((tx) => tx.services().find()).map(({ id }) => id);
    expect(rows.filter((row) => ids.some((id) => row.endsWith(` ${id}`)))).toHaveLength(2);
  });

  it('takes a stack from standard input only when it is told its name', async () => {
    const piped = new SkepProcess({ shell: `printf 'services: {}' | $SKEP --host ${member.addr} apply -` });
    const code = await piped.ended;
    expect({ code, err: piped.err }).toEqual({
      code: 2,
      err: 'error: a file from standard input has no name; give --stack\n(see --help)\n',
    });
  });

  it('leaves a reason in the history', async () => {
    await apply(file, '--stack', 'shop');
    expect(member.store.transaction(member.store.version)).toMatchObject({ reason: 'apply shop' });
  });

  it.each([
    ['name', (out: string) => out.trimEnd().split('\n')],
    ['json', (out: string) => (JSON.parse(out) as { name: string }[]).map(({ name }) => name)],
    ['ndjson', (out: string) => out.trimEnd().split('\n').map((line) => (JSON.parse(line) as { name: string }).name)],
  ])('prints as %s', async (format, names) => {
    const { code, out } = await apply(file, '--stack', 'shop', '-o', format);
    expect(code).toBe(0);
    expect(names(out)).toEqual(['shop_default', 'shop_a', 'shop_b']);
  }); // prettier-ignore

  it('says what each change is, in JSON', async () => {
    const { out } = await apply(file, '--stack', 'shop', '-o', 'json');
    const id = member.store.view((tx) => tx.networks().find())[0]?.id;
    expect(JSON.parse(out)).toContainEqual({ action: 'create', kind: 'network', name: 'shop_default', id });
  });

  it('does nothing the second time, and says so on stderr', async () => {
    await apply(file, '--stack', 'shop');
    const { version } = member.store;
    expect(await apply(file, '--stack', 'shop')).toEqual({ code: 0, out: '', err: 'stack shop: nothing differs\n' });
    expect((await apply(file, '--stack', 'shop', '-o', 'json')).out).toBe('[]\n');
    expect(member.store.version).toBe(version);
  });

  it('changes only what differs', async () => {
    await apply(file, '--stack', 'shop');
    const changed = await folder.write('changed.yaml', 'services:\n  a: {image: other}\n  b: {image: i}\n');
    expect(await apply(changed, '--stack', 'shop', '-o', 'name')).toEqual({ code: 0, out: 'shop_a\n', err: '' });
  });

  it('with --dry-run says what it would do, and does nothing', async () => {
    const { version } = member.store;
    const { code, out, err } = await apply(file, '--stack', 'shop', '--dry-run', '-o', 'name');
    expect({ code, out }).toEqual({ code: 0, out: 'shop_default\nshop_a\nshop_b\n' });
    expect(err).toBe('stack shop: this would be done\nno task would run: the cluster has no nodes yet\n');
    expect(member.store.version).toBe(version);
  });

  it('with --prune removes what is no longer in the file', async () => {
    await apply(file, '--stack', 'shop');
    const less = await folder.write('less.yaml', 'services:\n  a: {image: i}\n');
    expect((await apply(less, '--stack', 'shop')).err).toContain('nothing differs');
    const dry = await apply(less, '--stack', 'shop', '--prune', '--dry-run', '-o', 'json');
    expect(JSON.parse(dry.out)).toMatchObject([{ action: 'remove', kind: 'service', name: 'shop_b' }]);
    expect(serviceNames()).toHaveLength(2);
    expect((await apply(less, '--stack', 'shop', '--prune', '-o', 'name')).out).toBe('shop_b\n');
    expect(serviceNames()).toEqual(['shop_a']);
  });

  it('lets its names be those of the file, to look and not to remove', async () => {
    await apply(file, '--stack', 'shop');
    const on = (...args: string[]) => skep(['--host', member.addr, ...args]);
    expect(JSON.parse((await on('history', 'service/a', '-o', 'json')).out)).toMatchObject([{ op: 'create' }]);
    expect((await on('service', 'inspect', 'a')).out).toContain('"name": "shop_a"');
    expect((await on('inspect', 'network/default')).out).toContain('"name": "shop_default"');
    expect(await on('rm', 'service/a')).toMatchObject({ code: 3 });
    await apply(file, '--stack', 'other');
    const { code, err } = await on('inspect', 'service/a');
    expect(code).toBe(7);
    expect(err).toMatch(/"a" is in more than one stack; use one of (shop_a, other_a|other_a, shop_a)\n/);
    expect(await on('inspect', 'service/other_a')).toMatchObject({ code: 0 });
  });

  it('names the stack after the folder of the file', async () => {
    const { out } = await apply(file, '-o', 'name');
    expect(out.split('\n')[0]).toBe(`${folder.path.split('/').at(-1)?.toLowerCase()}_default`);
  });

  it('warns of unknown keys on stderr, with file and line, and goes on', async () => {
    const odd = await folder.write('odd.yaml', 'services:\n  a:\n    image: i\n    build: .\n');
    const { code, out, err } = await apply(odd, '--stack', 'shop', '-o', 'name');
    expect({ code, out }).toEqual({ code: 0, out: 'shop_default\nshop_a\n' });
    expect(err).toBe(`warning: ${odd}:4:5: services.a.build: "build" is not supported and is left out\n`);
  });

  it('fills in variables from the environment that it is given', async () => {
    const asks = await folder.write('asks.yaml', 'services:\n  a: {image: "i:${TAG}"}\n');
    const env = { TAG: '7' };
    await skep(['--host', member.addr ?? '', 'apply', asks, '--stack', 'shop'], { env });
    expect(member.store.view((tx) => tx.services().find())[0]?.spec.task.container?.image).toBe('i:7');
  });

  it.each([
    ['a wrong value', 'services:\n  a:\n    image: i\n    tty: maybe\n', ':4:10: services.a.tty: must be true or false'],
    ['no YAML', 'services: {a: b}}\n', ':1:17: '],
    ['nothing', '', ':1:1: the file is empty'],
    ['a name that the cluster would refuse', 'services:\n  a b: {image: i}\n', ':2:8: services.a b: the name'],
    ['a missing external network', 'services:\n  a: {image: i}\nnetworks:\n  n: {external: true}\n', ':4:6: networks.n: the external network "n" is not there'],
  ])('refuses a file with %s: 7, and file and line on stderr', async (_what, text, message) => {
    const bad = await folder.write('bad.yaml', text);
    const { version } = member.store;
    for (const more of [[], ['--dry-run']]) {
      const { code, out, err } = await apply(bad, '--stack', 'shop', ...more);
      expect({ code, out }).toEqual({ code: 7, out: '' });
      expect(err).toContain(`skep: ${bad}${message}`);
    }
    expect(member.store.version).toBe(version);
  }); // prettier-ignore

  it.each([
    ['./data', '/data'],
    ['data/../../x', undefined],
    ['../y', undefined],
    ['.', ''],
  ])('makes the bind %s absolute against the folder of the file', async (source, below) => {
    const text = `services:\n  a: {image: i, volumes: [{type: bind, source: "${source}", target: /d}]}\n`;
    await apply(await folder.write('binds.yaml', text), '--stack', 'shop');
    const [mount] = member.store.view((tx) => tx.services().find())[0]?.spec.task.container?.mounts ?? [];
    expect(mount?.source).toBe(below === undefined ? resolve(folder.path, source) : `${folder.path}${below}`);
  });

  it.each([
    ['~/c', '/home/ann/c'],
    ['~', '/home/ann'],
    ['/a/../b', '/a/../b'],
    ['C:\\c', 'C:\\c'],
  ])('binds %s as %s', async (source, bound) => {
    const text = `services:\n  a: {image: i, volumes: ['${source}:/d']}\n`;
    const home = await folder.write('home.yaml', text);
    await skep(['--host', member.addr, 'apply', home, '--stack', 'shop'], { env: { HOME: '/home/ann' } });
    const [mount] = member.store.view((tx) => tx.services().find())[0]?.spec.task.container?.mounts ?? [];
    expect(mount).toMatchObject({ type: 'bind', source: bound, target: '/d' });
  });

  it('makes services with profiles when they are asked for, and says which it leaves out', async () => {
    const text = 'services:\n  a: {image: i}\n  b: {image: i, profiles: [debug]}\n  c: {image: i, profiles: [test]}\n';
    const profiled = await folder.write('profiled.yaml', text);
    const made = async (args: readonly string[], env: Record<string, string> = {}) => {
      const ran = await skep(['--host', member.addr, 'apply', profiled, '--stack', 'shop', ...args], { env });
      expect(ran.code).toBe(0);
      return { names: serviceNames().sort(), err: ran.err };
    };
    expect(await made([])).toEqual({
      names: ['shop_a'],
      err: 'left out: b, c; use --profile to include them\n',
    });
    expect((await made([], { COMPOSE_PROFILES: 'other, test' })).names).toEqual(['shop_a', 'shop_c']);
    expect((await made(['--prune'])).names).toEqual(['shop_a', 'shop_c']);
    const both = ['--profile', 'debug', '--profile', 'test'];
    expect(await made(both, { COMPOSE_PROFILES: 'none' })).toEqual({ names: ['shop_a', 'shop_b', 'shop_c'], err: '' });
  });

  it('joins an external network that skep network create has made', async () => {
    const external = 'services:\n  a: {image: i, networks: [proxy]}\nnetworks:\n  proxy: {external: true}\n';
    const outside = await folder.write('outside.yaml', external);
    const { code, err } = await apply(outside, '--stack', 'shop');
    expect(code).toBe(7);
    const [, words = ''] = /create it first, with skep (.+)/.exec(err) ?? [];
    const created = await skep(['--host', member.addr, ...words.split(' ')]);
    expect(created).toMatchObject({ code: 0, err: '' });
    expect(await apply(outside, '--stack', 'shop')).toMatchObject({ code: 0, err: '' });
    const [service] = member.store.view((tx) => tx.services().find());
    expect(service?.spec.task.networks).toEqual([{ target: created.out.trim(), aliases: ['a'] }]);
  });

  it('warns of a network on which names reach only one engine', async () => {
    const node = (name: string, swarmNode: string) => ({
      id: name.padEnd(25, '0'),
      description: { hostname: name },
      engine: { addr: `${name}:2375`, apiVersion: '1.41', swarmNode },
    });
    const put = (swarmNode: string) =>
      member.store.update((tx) => {
        for (const { id } of tx.nodes().find()) tx.nodes().delete(id);
        for (const name of ['n1', 'n2']) tx.nodes().create(node(name, name === 'n1' ? 's1' : swarmNode));
      });
    const text =
      'warning: shop_a and shop_b share network shop_default; on n2 names reach only tasks of the same engine\n';
    await put('');
    expect((await apply(file, '--stack', 'shop', '--dry-run')).err).toContain(text);
    expect((await apply(file, '--stack', 'shop')).err).toBe(text);
    expect((await apply(file, '--stack', 'shop')).err).not.toContain('warning');
    const one = await folder.write('one.yaml', 'services:\n  a: {image: i}\n');
    expect((await apply(one, '--stack', 'alone')).err).toBe('');
    await put('s2');
    expect((await apply(file, '--stack', 'other')).err).toBe('');
    await member.store.update((tx) => ['n1', 'n2'].forEach((name) => tx.nodes().delete(name.padEnd(25, '0'))));
  });

  it('makes the networks of a file without services', async () => {
    const networks = await folder.write('networks.yaml', 'networks:\n  proxy: {name: proxy, attachable: true}\n');
    expect((await apply(networks, '--stack', 'shop', '-o', 'name')).out).toBe('proxy\n');
  });

  it('refuses to take over what another stack made: 4', async () => {
    await apply(file, '--stack', 'shop');
    const own = 'services:\n  a: {image: i}\nnetworks:\n  default: {name: shop_default}\n';
    const { code, out, err } = await apply(await folder.write('own.yaml', own), '--stack', 'other');
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toMatch(/^skep: NAME_CONFLICT: .*"shop_default".*"shop"/);
  });

  it('says which file is missing', async () => {
    const { code, out, err } = await apply(`${folder.path}/none.yaml`);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('none.yaml');
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  it('makes the plan anew when somebody else was faster', async () => {
    await apply(file, '--stack', 'shop');
    const changed = await folder.write('other.yaml', 'services:\n  a: {image: mine}\n  b: {image: i}\n');
    const ran = await Promise.all([
      apply(changed, '--stack', 'shop', '-o', 'name'),
      apply(changed, '--stack', 'shop', '-o', 'name'),
      apply(changed, '--stack', 'shop', '-o', 'name'),
    ]);
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(ran.filter(({ out }) => out !== '').length).toBeGreaterThanOrEqual(1);
  });

  it('makes secrets and configs of files, and new ones when their content changes', async () => {
    await folder.write('pw.txt', 'one');
    const text =
      'services: {a: {image: i, secrets: [pw], configs: [c]}}\n' +
      'secrets: {pw: {file: pw.txt}}\nconfigs: {c: {content: "x"}}\n';
    const stack = await folder.write('content.yaml', text);
    const names = async (...more: string[]) =>
      (await apply(stack, '--stack', 'shop', '-o', 'name', ...more)).out.trimEnd().split('\n');
    expect(await names()).toEqual(['shop_default', 'shop_pw', 'shop_c', 'shop_a']);
    expect((await apply(stack, '--stack', 'shop')).err).toContain('nothing differs');
    await folder.write('pw.txt', 'two');
    const changed = await names();
    expect(changed).toEqual([expect.stringMatching(/^shop_pw\.[a-z0-9]{8}$/), 'shop_a']);
    const secrets = member.store.view((tx) => tx.secrets().find());
    const [service] = member.store.view((tx) => tx.services().find());
    const used = secrets.find(({ id }) => id === service?.spec.task.container?.secrets[0]?.secretId);
    expect(Buffer.from(used?.spec.data ?? '', 'base64').toString()).toBe('two');
    await folder.write('pw.txt', 'one');
    expect(await names()).toEqual(['shop_a']);
    expect((await apply(stack, '--stack', 'shop', '--prune')).err).toContain('nothing differs');
  });

  it('merges several files, and takes variables from .env unless the environment has them', async () => {
    const base = await folder.write('base.yaml', 'services:\n  a: {image: "i:${TAG}", user: "${WHO}"}\n');
    const more = await folder.write('more.yaml', 'services:\n  a: {hostname: h}\n');
    await folder.write('.env', 'TAG=7\nWHO=file\n');
    const other = await folder.write('other.env', 'TAG=8\nWHO=other\n');
    const specs = async (...args: string[]) => {
      await skep(['--host', member.addr ?? '', 'apply', base, '-f', more, '--stack', 'shop', ...args], {
        env: { WHO: 'me' },
      });
      const container = member.store.view((tx) => tx.services().find())[0]?.spec.task.container;
      return [container?.image, container?.user, container?.hostname];
    };
    expect(await specs()).toEqual(['i:7', 'me', 'h']);
    expect(await specs('--env-file', other)).toEqual(['i:8', 'me', 'h']);
    await folder.write('.env', '');
  });

  it('refuses an --env-file that is not there, or is wrong', async () => {
    const gone = await apply(file, '--env-file', `${folder.path}/nope.env`);
    expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('nope.env cannot be read') as string });
    const bad = await folder.write('bad.env', 'A=1\na b=2\n');
    const wrong = await apply(file, '--env-file', bad);
    expect(wrong).toMatchObject({ code: 7, err: expect.stringContaining(`${bad}:2:1: has a space`) as string });
  });
});

describe('skep compose config', () => {
  it('prints the files as one, which apply as they are', async () => {
    await folder.write('vars.env', 'A=1\n');
    const base = await folder.write(
      'whole.yaml',
      'services:\n  a: {image: "i:${TAG:-1}", command: "echo $$HOME", env_file: vars.env, volumes: ["./d:/d"]}\n' +
        '  b: {extends: a, profiles: [x]}\n  c: {extends: {service: a}, user: "0777"}\n',
    );
    const { code, out } = await skep(['compose', 'config', base, '--stack', 'shop', '-o', 'json']);
    expect(code).toBe(0);
    const a = {
      image: 'i:1',
      command: 'echo $$HOME',
      env_file: `${folder.path}/vars.env`,
      volumes: [`${folder.path}/d:/d`],
    };
    expect(JSON.parse(out)).toEqual({ name: 'shop', services: { a, c: { ...a, user: '0777' } } });
    const yaml = await skep(['compose', 'config', base, '--stack', 'shop']);
    const printed = await folder.write('printed.yaml', yaml.out);
    await apply(base, '--stack', 'shop');
    expect((await apply(printed)).err).toContain('nothing differs');
  });
});
