import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FleetCli, rows } from '../support/fleet-cli.js';
import { until } from '../support/network-wait.js';

let cli: FleetCli;

beforeAll(async () => {
  cli = await FleetCli.open();
});
afterEach(() => cli.fleet.clear());
afterAll(() => cli.close());

const web = (replicas: number, more = '') =>
  `services:\n  web: {image: i, deploy: {replicas: ${replicas}, update_config: {monitor: 0s}${more}}}\n`;
const spread = () =>
  Object.fromEntries(['n1', 'n2', 'n3'].map((name) => [name, cli.running('shop_web').filter(({ nodeId }) => nodeId === `id-${name}`).length])); // prettier-ignore
const planOf = (err: string) => /^plan ([0-9a-f]{8});/.exec(err)?.[1] ?? '';

/** Six tasks on two nodes, and a third node that came later. */
async function uneven(): Promise<void> {
  await cli.fleet.addNodes('n1', 'n2');
  await cli.apply(web(6), 'shop', '--wait');
  await cli.fleet.addNodes('n3');
}

describe('skep rebalance', () => {
  it('shows the moves with reason and limit, and makes exactly these', async () => {
    await uneven();
    const { code, out, err } = await cli.on('rebalance', '--plan');
    expect(code).toBe(0);
    const [heading, first, second, ...more] = rows(out);
    expect(heading).toBe('TASK | FROM | TO | REASON | AT A TIME');
    expect(first).toMatch(/^shop_web.6 \| (n[12]) \| n3 \| \1 has 3 of shop_web, n3 0 \| 1$/);
    expect(second).toMatch(/^shop_web.\d \| (n[12]) \| n3 \| \1 has 3 of shop_web, n3 1 \| 1$/);
    expect(more).toEqual([]);
    expect(err).toMatch(/^plan [0-9a-f]{8}; make it with skep rebalance --apply [0-9a-f]{8}\n$/);
    expect(spread()).toEqual({ n1: 3, n2: 3, n3: 0 });
    expect((await cli.on('rebalance', '--apply', planOf(err))).code).toBe(0);
    await until('the tasks are spread', () => Object.values(spread()).every((count) => count === 2));
    await until('no move is under way', () => cli.running('shop_web').length === 6);
    expect((await cli.on('rebalance', 'web', '--plan')).err).toBe(
      'nothing to move: no node would be better for any task\n',
    );
  });

  it('refuses a plan that would be another one now: 4', async () => {
    await uneven();
    const { err } = await cli.on('rebalance', '--plan');
    await cli.on('node', 'drain', 'n2');
    await until('n2 is empty', () => spread().n2 === 0);
    const late = await cli.on('rebalance', '--apply', planOf(err));
    expect(late).toMatchObject({
      code: 4,
      out: '',
      err: expect.stringContaining('is out of date: the cluster has changed') as string,
    });
  });

  it('asks on a terminal, and needs a plan elsewhere: 2', async () => {
    await uneven();
    expect(await cli.on('rebalance')).toMatchObject({
      code: 2,
      err: expect.stringContaining('use --plan, then --apply') as string,
    });
    await cli.run(['rebalance'], { confirm: () => Promise.resolve(false) });
    expect(spread().n3).toBe(0);
    const asked: string[] = [];
    await cli.run(['rebalance', 'web'], { confirm: (question) => Promise.resolve(asked.push(question) > 0) });
    expect(asked).toEqual(['Make these 2 moves?']);
    await until('the tasks are spread', () => spread().n3 === 2);
  });

  it('evens out nodes over services, and keeps to constraints', async () => {
    await cli.fleet.addNodes('n1');
    const one = (name: string, more = '') => `  ${name}: {image: i, deploy: {update_config: {monitor: 0s}${more}}}\n`;
    await cli.apply(`services:\n${one('a')}${one('b')}${one('c')}${one('d', ', placement: {constraints: [node.hostname == n1]}')}`, 'shop', '--wait'); // prettier-ignore
    await cli.fleet.addNodes('n2');
    const plan = JSON.parse((await cli.on('rebalance', '--plan', '-o', 'json')).out) as { moves: { name: string; reason: string }[] }; // prettier-ignore
    expect(plan.moves.map(({ name }) => name)).toEqual(['shop_a.1', 'shop_b.1']);
    expect(plan.moves[0]?.reason).toBe('n1 has 4 tasks, n2 0');
  });
});
