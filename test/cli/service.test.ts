import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FleetCli, rows } from '../support/fleet-cli.js';
import { until } from '../support/network-wait.js';

let cli: FleetCli;

beforeAll(async () => {
  cli = await FleetCli.open();
});
afterEach(() => cli.fleet.clear());
afterAll(() => cli.close());

const quick = 'update_config: {monitor: 0s, parallelism: 0}, rollback_config: {monitor: 0s}';
const web = (more = '') => `services:\n  web: {image: "i:1", deploy: {replicas: 2, ${quick}}${more}}\n`;
const imageOf = (name: string) => cli.service(name).spec.task.container?.image;

describe('skep service ls', () => {
  it('shows tasks, ports and updates', async () => {
    await cli.fleet.addNodes('n1', 'n2');
    await cli.apply(web(', ports: ["8080:80"]'), 'shop', '--wait');
    const [heading, row] = rows((await cli.on('service', 'ls')).out);
    expect(heading).toBe('ID | NAME | MODE | IMAGE | TASKS | PORTS | UPDATE | VERSION');
    expect(row).toMatch(/ \| shop_web \| replicated 2 \| i:1 \| 2\/2 \| 8080->80\/tcp \| \d+$/);
    expect(rows((await cli.on('node', 'ls')).out)[1]).toMatch(/^id-n1 \| n1 \| worker \| ready \| active \| 1 \| \d+$/);
  });
});

describe('skep service scale', () => {
  it('scales several services in one transaction, and waits', async () => {
    await cli.fleet.addNodes('n1', 'n2');
    await cli.apply(`${web()}  db: {image: p, deploy: {${quick}}}\n`, 'shop', '--wait');
    const { code, out } = await cli.on('service', 'scale', 'web=4', 'shop_db=0', '--wait');
    expect(code).toBe(0);
    expect(rows(out)).toEqual([
      'shop_web',
      'shop_db',
      'SERVICE | TASKS | STATE | REASON',
      'shop_web | 4/4 | running',
      'shop_db | 0/0 | running',
    ]);
    expect(cli.running('shop_web')).toHaveLength(4);
    expect(cli.service('shop_web').specVersion).toBe(cli.service('shop_db').specVersion);
    expect((await cli.on('history', 'service/web')).out).toContain('scale web=4 shop_db=0');
  });

  it('does nothing when nothing differs', async () => {
    await cli.apply(web());
    const { version } = cli.member.store;
    expect(await cli.on('service', 'scale', 'web=2')).toEqual({ code: 0, out: '', err: 'nothing differs\n' });
    expect(cli.member.store.version).toBeGreaterThanOrEqual(version); // the pretend loop writes too
  });

  it('keeps a job that runs all at once so, and refuses services with one task a node: 7', async () => {
    await cli.apply('services:\n  j: {image: i, deploy: {mode: replicated-job, replicas: 2}}\n  g: {image: i, deploy: {mode: global}}\n'); // prettier-ignore
    expect((await cli.on('service', 'scale', 'j=5')).code).toBe(0);
    expect(cli.service('shop_j').spec.mode).toEqual({ replicatedJob: { maxConcurrent: 5, totalCompletions: 5 } });
    expect(await cli.on('service', 'scale', 'g=5')).toMatchObject({
      code: 7,
      err: 'skep: INVALID_OBJECT: service shop_g runs one task on every node: it has no number of replicas\n',
    });
  });

  it.each([
    [['scale', 'web'], 2, 'Give SERVICE=N'],
    [['scale', 'nope=1'], 3, 'there is no service "nope"; skep service ls lists them'],
    [['update', 'web'], 2, 'there is nothing to change; give an option, such as --image'],
    [['update', 'web', '--update-max-failure-ratio', '2'], 2, 'Give a number from 0 to 1'],
    [['rollback', 'nope'], 3, 'there is no service "nope"'],
  ])('%j ends with %i', async (args, code, message) => {
    await cli.apply(web());
    const ran = await cli.on('service', ...args);
    expect(ran).toMatchObject({ code, err: expect.stringContaining(message) as string });
  });
});

describe('skep service update', () => {
  it('changes what its flags name, and nothing else', async () => {
    await cli.apply(web(', environment: {A: "1", B: "2"}'));
    const before = cli.service('shop_web').spec;
    const flags =
      '--image i:2 --env-add A=9 --env-add C=3 --env-rm B --label-add x=y --constraint-add node.role==worker --update-order start-first --update-delay 2s';
    expect((await cli.on('service', 'update', 'web', ...flags.split(' '))).code).toBe(0);
    const { spec } = cli.service('shop_web');
    expect(spec.task.container).toEqual({ ...before.task.container, image: 'i:2', env: ['A=9', 'C=3'] });
    expect(spec.annotations.labels).toEqual({ ...before.annotations.labels, x: 'y' });
    expect(spec.task.placement?.constraints).toEqual(['node.role==worker']);
    expect(spec.update).toEqual({ ...before.update, order: 'startFirst', delayMs: 2_000 });
    expect(spec.mode).toEqual(before.mode);
    await cli.on('service', 'update', 'web', '--constraint-rm', 'node.role == worker', '--label-rm', 'x');
    expect(cli.service('shop_web').spec.task.placement?.constraints).toEqual([]);
    expect(cli.service('shop_web').spec.annotations.labels).toEqual(before.annotations.labels);
  });

  it('replaces tasks that do not differ with --force', async () => {
    await cli.fleet.addNodes('n1');
    await cli.apply(web(), 'shop', '--wait');
    const old = new Set(cli.running('shop_web').map(({ id }) => id));
    expect((await cli.on('service', 'update', 'web', '--force', '--wait')).code).toBe(0);
    expect(cli.running('shop_web').filter(({ id }) => old.has(id))).toEqual([]);
  });
});

describe('skep service rollback', () => {
  it('returns to the spec before, and forth again', async () => {
    await cli.fleet.addNodes('n1');
    await cli.apply(web(), 'shop', '--wait');
    await cli.on('service', 'update', 'web', '--image', 'i:2', '--wait');
    const { code, out } = await cli.on('service', 'rollback', 'web', '--wait');
    expect({ code, out: rows(out).at(-1) }).toEqual({ code: 0, out: 'shop_web | 2/2 | running' });
    expect(imageOf('shop_web')).toBe('i:1');
    expect(cli.running('shop_web').map(({ spec }) => spec.container?.image)).toEqual(['i:1', 'i:1']);
    expect(cli.service('shop_web').updateStatus).toMatchObject({ state: 'rollbackCompleted' });
    await cli.on('service', 'rollback', 'web', '--wait');
    expect(imageOf('shop_web')).toBe('i:2');
  });

  it('needs a spec before: 3', async () => {
    await cli.apply(web());
    const { code, err } = await cli.on('service', 'rollback', 'web');
    expect({ code, err }).toEqual({
      code: 3,
      err: 'skep: NOT_FOUND: service shop_web has no spec before this one; apply the file that you want\n',
    });
  });
});

describe('skep service ps', () => {
  it('lists the tasks of several services', async () => {
    await cli.fleet.addNodes('n1');
    await cli.apply(`${web()}  db: {image: p}\n  no: {image: p}\n`);
    await until('all run', () => cli.fleet.tasks().filter(({ status }) => status.state === 'running').length === 4);
    const { out } = await cli.on('service', 'ps', 'web', 'db', '-o', 'json');
    expect((JSON.parse(out) as { name: string }[]).map(({ name }) => name)).toEqual(['shop_db.1', 'shop_web.1', 'shop_web.2']); // prettier-ignore
  });
});
