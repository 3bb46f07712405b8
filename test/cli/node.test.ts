import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FleetCli, rows } from '../support/fleet-cli.js';
import { until } from '../support/network-wait.js';

let cli: FleetCli;

beforeAll(async () => {
  cli = await FleetCli.open();
});
afterEach(() => cli.fleet.clear());
afterAll(() => cli.close());

const quick = 'update_config: {monitor: 0s}';
const node = (name: string) => {
  const found = cli.member.store.view((tx) => tx.nodes().get(`id-${name}`));
  if (!found) throw new Error(`there is no node ${name}`);
  return found;
};
const availability = (name: string) => node(name).spec.availability;
const onNode = (name: string) => cli.fleet.tasks().filter(({ nodeId, status }) => nodeId === `id-${name}` && status.state === 'running'); // prettier-ignore

/** Four replicas and one task a node on two nodes; one that must stay on n1, and one that is not restarted. */
async function crowd(): Promise<void> {
  await cli.fleet.addNodes('n1', 'n2');
  const pinned = 'placement: {constraints: [node.hostname == n1]}';
  await cli.apply(
    `services:\n  web: {image: i, volumes: ["data:/d", "/srv:/s"], deploy: {replicas: 4, ${quick}}}\n  each: {image: i, deploy: {mode: global, ${quick}}}\n` +
      `  pin: {image: i, deploy: {${quick}, ${pinned}}}\n  once: {image: i, deploy: {restart_policy: {condition: none}, ${pinned}, ${quick}}}\nvolumes: {data: {}}\n`,
    'shop',
    '--wait',
  );
}

describe('skep node drain', () => {
  it('shows with --dry-run where each task would go, what cannot move, and what it leaves behind', async () => {
    await crowd();
    const { code, out, err } = await cli.on('node', 'drain', 'n1', '--dry-run');
    expect(code).toBe(0);
    expect(rows(out)[0]).toBe('TASK | FROM | TO | REASON | LEAVES');
    const table = rows(out).slice(1).sort();
    const web = /^shop_web.\d \| n1 \| n2 \| volume shop_data, folder \/srv$/;
    expect(table).toEqual([
      'shop_each.n1 | n1 | stops: one task a node',
      'shop_once.1 | n1 | - | its restart policy allows no replacement',
      expect.stringMatching(/^shop_pin.1 \| n1 \| - \| no suitable node \(.*\)$/) as string,
      ...table.slice(3).map(() => expect.stringMatching(web) as string),
    ]);
    expect(err).toContain('shop_once.1 cannot move: its restart policy allows no replacement\n');
    expect(err).toMatch(/shop_web.\d leaves data on n1: volume shop_data and folder \/srv\n/);
    expect(availability('n1')).toBe('active');
    const json = JSON.parse((await cli.on('node', 'drain', 'n1', '--dry-run', '-o', 'json')).out) as { plan: object[] };
    expect(json.plan).toContainEqual(expect.objectContaining({ name: 'shop_each.n1', leaves: [] }));
  });

  it('changes nothing when tasks cannot move, unless a person agrees: 2', async () => {
    await crowd();
    const { code, err } = await cli.on('node', 'drain', 'n1');
    expect(code).toBe(2);
    expect(err).toMatch(
      /skep: 2 tasks of \d cannot move, so nothing was changed; make room first, or repeat with --yes\n$/,
    );
    expect(availability('n1')).toBe('active');
    const asked: string[] = [];
    const confirm = (question: string) => Promise.resolve(asked.push(question) > 1);
    await cli.run(['node', 'drain', 'n1'], { confirm });
    expect(availability('n1')).toBe('active');
    await cli.run(['node', 'drain', 'n1'], { confirm });
    expect(availability('n1')).toBe('drain');
    expect(asked[0]).toMatch(/^2 tasks of \d cannot move and will stop. Drain all the same\?$/);
  });

  it('waits until the node is empty and the tasks run elsewhere', async () => {
    await cli.fleet.addNodes('n1', 'n2');
    await cli.apply(`services:\n  web: {image: i, deploy: {replicas: 4, ${quick}}}\n`, 'shop', '--wait');
    expect(onNode('n1')).toHaveLength(2);
    const { code, out } = await cli.on('node', 'drain', 'n1', '--wait');
    expect(code).toBe(0);
    expect(rows(out)).toEqual(['n1', 'SERVICE | TASKS | STATE | REASON', 'shop_web | 4/4 | running']);
    expect([onNode('n1').length, onNode('n2').length]).toEqual([0, 4]);
    expect(await cli.on('node', 'drain', 'n1', '--wait')).toMatchObject({ code: 0, out: 'n1\n' });
  });

  it('ends the wait when tasks fit nowhere: 4', async () => {
    await crowd();
    const draining = cli.on('node', 'drain', 'n1', '--yes', '--wait');
    await until('the node is empty', () => onNode('n1').length === 0);
    const moving = setInterval(() => cli.fleet.clock.advance(1_000), 20);
    const { code, err } = await draining.finally(() => clearInterval(moving));
    expect([3, 4]).toContain(code);
    expect(err).toMatch(/skep: shop_(pin|once) /);
  });

  it('activates the node again by itself after --for', async () => {
    await cli.fleet.addNodes('n1', 'n2');
    await cli.on('node', 'drain', 'n1', '--for', '2h');
    expect(availability('n1')).toBe('drain');
    cli.fleet.clock.advance(2 * 3_600_000 + 1_000);
    await until('n1 is active', () => availability('n1') === 'active');
    expect(node('n1').spec.annotations.labels).toEqual({});
  });
});

describe('skep node', () => {
  it('pauses and activates nodes, and forgets when they would be active again', async () => {
    await cli.fleet.addNodes('n1', 'n2');
    await cli.on('node', 'drain', 'n1', '--for', '2h');
    expect(await cli.on('node', 'pause', 'n1', 'n2')).toEqual({ code: 0, out: 'n1\nn2\n', err: '' });
    expect([availability('n1'), availability('n2')]).toEqual(['pause', 'pause']);
    expect(node('n1').spec.annotations.labels).toEqual({});
    await cli.on('node', 'activate', 'n1');
    expect([availability('n1'), availability('n2')]).toEqual(['active', 'pause']);
    expect((await cli.on('node', 'pause', 'nope')).err).toContain('there is no node "nope"; skep node ls lists them');
  });

  it('lists the tasks of nodes', async () => {
    await cli.fleet.addNodes('n1', 'n2');
    await cli.apply(`services:\n  web: {image: i, deploy: {replicas: 4, ${quick}}}\n`, 'shop', '--wait');
    const { out } = await cli.on('node', 'ps', 'n1', '-o', 'json');
    expect((JSON.parse(out) as { node: string }[]).map((task) => task.node)).toEqual(['n1', 'n1']);
  });

  it('removes a node that is down; one that is ready needs --force: 4', async () => {
    await cli.fleet.addNodes('n1', 'n2');
    const refused = await cli.on('node', 'rm', 'n1');
    expect(refused).toMatchObject({ code: 4, err: expect.stringContaining('n1 is ready; drain') as string });
    expect((await cli.on('node', 'rm', 'id-n')).code).toBe(7);
    await cli.member.store.update((tx) => tx.nodes().update({ ...node('n1'), status: { state: 'down' } }));
    expect((await cli.on('node', 'rm', 'n1')).code).toBe(0);
    expect((await cli.on('node', 'rm', 'n2', '--force')).code).toBe(0);
    expect(cli.member.store.view((tx) => tx.nodes().find())).toEqual([]);
  });
});
