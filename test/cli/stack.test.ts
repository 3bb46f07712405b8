import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { byName } from '../../src/kinds/index.js';
import { FleetCli, rows } from '../support/fleet-cli.js';
import { until } from '../support/network-wait.js';

let cli: FleetCli;

beforeAll(async () => {
  cli = await FleetCli.open();
});
afterEach(() => cli.fleet.clear());
afterAll(() => cli.close());

const quick = 'deploy: {update_config: {monitor: 0s}, rollback_config: {monitor: 0s}}';
const file = (web: string, db: string, more = '') =>
  `services:\n  web: {image: "${web}", ${quick}}\n  db: {image: "${db}", ${quick}}\n${more}`;
const imageOf = (name: string) => cli.service(name).spec.task.container?.image;

describe('skep stack', () => {
  it('lists stacks, their services and their tasks', async () => {
    await cli.fleet.addNodes('n1');
    await cli.apply(file('i:1', 'p:1'), 'shop', '--wait');
    await cli.apply(`services:\n  blog: {image: b, ${quick}}\n`, 'site', '--wait');
    expect(rows((await cli.on('stack', 'ls')).out)).toEqual([
      'NAME | SERVICES | TASKS',
      'shop | 2 | 2/2',
      'site | 1 | 1/1',
    ]);
    expect(rows((await cli.on('stack', 'services', 'shop')).out)).toEqual([
      'NAME | IMAGE | TASKS | STATE | REASON | UPDATE',
      'shop_db | p:1 | 1/1 | running',
      'shop_web | i:1 | 1/1 | running',
    ]);
    const names = JSON.parse((await cli.on('stack', 'ps', 'shop', '-o', 'json')).out) as { name: string }[];
    expect(names.map(({ name }) => name)).toEqual(['shop_db.1', 'shop_web.1']);
    expect((await cli.on('stack', 'ls', '-o', 'name')).out).toBe('shop\nsite\n');
    for (const command of ['ps', 'services', 'rm', 'rollback'])
      expect(await cli.on('stack', command, 'nope')).toMatchObject({
        code: 3,
        err: 'skep: NOT_FOUND: there is no stack "nope"; skep stack ls lists them\n',
      });
  });
});

describe('skep stack rm', () => {
  const whole = `${file('i', 'p')}secrets: {pw: {environment: PW}}\nconfigs: {c: {content: x}}\nnetworks: {front: {}}\n`;
  const used = whole.replace('image: "i"', 'image: "i", secrets: [pw], configs: [c], networks: [front]');

  it('removes the services, and what they used when their tasks have ended', async () => {
    await cli.fleet.addNodes('n1');
    const path = await cli.folder.write('whole.yaml', used);
    await cli.run(['apply', path, '--stack', 'shop', '--wait'], { env: { PW: 'x' } });
    const { code, out, err } = await cli.on('stack', 'rm', 'shop');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.trimEnd().split('\n').sort()).toEqual(['shop_c', 'shop_db', 'shop_default', 'shop_front', 'shop_pw', 'shop_web']); // prettier-ignore
    expect(cli.serviceNames()).toEqual([]);
    expect(cli.member.store.view((tx) => [tx.networks().find(), tx.secrets().find(), tx.configs().find()])).toEqual([[], [], []]); // prettier-ignore
    await until('the tasks are gone', () => cli.fleet.tasks().length === 0);
  });

  it('says what is still in use when the time is over, and removes it when it is repeated: 4', async () => {
    await cli.fleet.addNodes('n1');
    await cli.apply(file('i', 'p'), 'shop', '--wait');
    const { store } = cli.member;
    const target = store.view((tx) => tx.networks().find(byName('shop_default')))[0]?.id ?? '';
    const user = { annotations: { name: 'other' }, task: { networks: [{ target }] } };
    await store.update((tx) => void tx.services().create({ id: 'other', spec: user }));
    const { code, out, err } = await cli.on('stack', 'rm', 'shop', '--wait=1ms');
    expect({ code, out }).toMatchObject({ code: 4, out: expect.stringContaining('shop_web') as string });
    expect(err).toMatch(/^skep: left: network shop_default: network shop_default is in use by service other: change that first; repeat skep stack rm shop later\n$/); // prettier-ignore
    await store.update((tx) => tx.services().delete('other'));
    expect(await cli.on('stack', 'rm', 'shop')).toEqual({ code: 0, out: 'shop_default\n', err: '' });
  });
});

describe('skep stack rollback', () => {
  it('undoes the last change: changed services return, added ones go, others stay', async () => {
    await cli.fleet.addNodes('n1');
    await cli.apply(file('i:1', 'p:1'), 'shop', '--wait');
    await cli.apply(file('i:1', 'p:2'), 'shop', '--wait');
    await cli.apply(file('i:2', 'p:2', `  new: {image: n, ${quick}}\n`), 'shop', '--wait', '--actor', 'ann');
    const { code, out, err } = await cli.on('stack', 'rollback', 'shop', '--wait');
    expect(code).toBe(0);
    expect(err).toMatch(
      /^stack shop: undoes version \d+: apply shop by ann, \d+s ago\nremoves shop_new, which it added\n$/,
    );
    expect(rows(out).slice(0, 2)).toEqual(['shop_web', 'shop_new']);
    expect([imageOf('shop_web'), imageOf('shop_db')]).toEqual(['i:1', 'p:2']);
    expect(cli.serviceNames()).toEqual(['shop_db', 'shop_web']);
    expect(cli.running('shop_web').map(({ spec }) => spec.container?.image)).toEqual(['i:1']);
  });

  it('survives a second, unchanged apply', async () => {
    await cli.apply(file('i:1', 'p:1'));
    await cli.apply(file('i:2', 'p:2'));
    await cli.apply(file('i:2', 'p:2'));
    expect((await cli.on('stack', 'rollback', 'shop')).code).toBe(0);
    expect([imageOf('shop_web'), imageOf('shop_db')]).toEqual(['i:1', 'p:1']);
    expect(await cli.on('stack', 'rollback', 'shop')).toMatchObject({
      code: 3,
      err: expect.stringContaining('stack shop is rolled back already; apply the file that you want') as string,
    });
  });

  it('needs a state before: 3', async () => {
    await cli.apply(file('i:1', 'p:1'));
    const { code, err } = await cli.on('stack', 'rollback', 'shop');
    expect(code).toBe(3);
    expect(err).toMatch(/stack shop has no state before version \d+, which made it; skep stack rm removes it/);
  });
});
