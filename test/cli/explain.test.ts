import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { Folder, openMember, type Ran, skep } from '../support/cli-run.js';
import { until } from '../support/network-wait.js';
import { PretendFleet } from '../support/pretend-fleet.js';

let member: OpenReplica;
let fleet: PretendFleet;
let folder: Folder;

beforeAll(async () => {
  member = await openMember();
  fleet = new PretendFleet(member.store);
  folder = await Folder.make();
});
afterEach(() => fleet.clear());
afterAll(async () => {
  await fleet.close();
  await member.close();
  await folder.remove();
});

const on = (...args: string[]): Promise<Ran> => skep(['--host', member.addr ?? '', ...args], { clock: fleet.clock });
const apply = async (text: string, stack = 'shop'): Promise<void> => {
  const { code, err } = await on('apply', await folder.write(`${stack}.yaml`, text), '--stack', stack);
  expect({ code, err }).toEqual({ code: 0, err: '' });
};
const states = () => fleet.tasks().map(({ status }) => status.state);
const untilAll = (state: string, count: number) =>
  until(`${count} tasks are ${state}`, () => states().filter((one) => one === state).length === count);
const lines = (text: string) => text.trimEnd().split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | ')); // prettier-ignore

describe('skep ps', () => {
  it('lists tasks of everything, a stack, a service and a node', async () => {
    await fleet.addNodes('n1', 'n2');
    await apply('services:\n  web: {image: "i:1", deploy: {replicas: 2}}\n  db: {image: p}\n');
    await apply('services:\n  web: {image: j}\n', 'blog');
    await untilAll('running', 4);
    const { out } = await on('ps');
    expect(lines(out)[0]).toBe('ID | NAME | IMAGE | NODE | DESIRED | STATE | ERROR | PORTS');
    const names = async (...args: string[]) => {
      const { code, out, err } = await on('ps', ...args, '-o', 'json');
      return code === 0 ? (JSON.parse(out) as { name: string }[]).map(({ name }) => name) : err;
    };
    expect(await names()).toEqual(['blog_web.1', 'shop_db.1', 'shop_web.1', 'shop_web.2']);
    expect(await names('shop')).toEqual(['shop_db.1', 'shop_web.1', 'shop_web.2']);
    expect(await names('shop_web')).toEqual(['shop_web.1', 'shop_web.2']);
    expect(await names('db')).toEqual(['shop_db.1']);
    expect(((await names('n1')) as string[]).length + ((await names('id-n2')) as string[]).length).toBe(4);
    expect(await names('service/shop_db')).toEqual(['shop_db.1']);
    expect(await names('nope')).toMatch(/NOT_FOUND: there is no stack, service or node "nope"; list them/);
    expect(await names('web')).toMatch(/INVALID_OBJECT: "web" matches more than one service/);
  });

  it('asks which is meant where a name has several meanings', async () => {
    await fleet.addNodes('shop');
    await apply('services:\n  shop: {image: i}\n');
    await untilAll('running', 1);
    const { code, err } = await on('ps', 'shop');
    expect({ code, err }).toEqual({
      code: 7,
      err: 'skep: INVALID_OBJECT: "shop" has several meanings; give stack/shop or service/shop or node/shop\n',
    });
    expect((await on('ps', 'node/shop', '-o', 'name')).out.trim()).toBe(fleet.tasks()[0]?.id);
  });

  it('shows what ended only with --all, with its error', async () => {
    await fleet.addNodes('n1');
    fleet.fate = (task) => (task.meta.createdAt === fleet.tasks()[0]?.meta.createdAt ? 'fail' : 'run');
    await apply('services:\n  web: {image: i, deploy: {restart_policy: {delay: 0s}}}\n');
    await until('it was restarted', () => states().includes('failed') && states().includes('running'));
    const rows = lines((await on('ps', 'web')).out);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatch(/^[a-z0-9]{25} \| shop_web.1 \| i \| n1 \| running \| running \d+s$/);
    const all = lines((await on('ps', 'web', '--all')).out);
    expect(all[2]).toMatch(/\| shutdown \| failed \d+s \| task: non-zero exit \(1\)$/);
  });
});

describe('skep explain', () => {
  it('shows every node with the first filter that refused, nearest first, and what would help', async () => {
    await fleet.addNode('n1', { description: { hostname: 'n1', resources: { nanoCpus: 4e9, memoryBytes: 2 ** 31 } } });
    await fleet.addNode('n2');
    await fleet.addNode('n3', { spec: { availability: 'drain' } });
    const reserve = 'resources: {reservations: {memory: 3G}}';
    await apply(
      `services:\n  web: {image: i, deploy: {replicas: 2, ${reserve}, placement: {constraints: [node.labels.a == b]}}}\n`,
    );
    await untilAll('pending', 2);
    const { code, out } = await on('explain', 'web.1');
    expect(code).toBe(0);
    expect(lines(out)).toEqual([
      expect.stringMatching(/^shop_web.1 \([a-z0-9]{25}\) is pending since \S+ \(\d+s\)$/) as string,
      'no suitable node (1 node not available for new tasks; insufficient resources on 1 node; scheduling constraints not satisfied on 1 node)',
      '',
      'NODE | FITS | FILTER | REASON',
      expect.stringMatching(/^n2 \| no \| constraint \| .*node.labels.a/) as string,
      expect.stringMatching(/^n1 \| no \| resources \| memory 2 of 2 GiB free, asks/) as string,
      expect.stringMatching(/^n3 \| no \| ready \| .*drain/) as string,
      '',
      expect.stringMatching(/^to let it run: .*a=b.*n2/) as string,
    ]);
    const service = (await on('explain', 'web')).out;
    expect(lines(service)[0]).toMatch(/^shop_web: 0\/2 waits for a node: shop_web.1 pending: no suitable node/);
    expect(lines(service).at(-1)).toBe('the same for 1 task: shop_web.2');
    const answer = JSON.parse((await on('explain', 'web.2', '-o', 'json')).out) as object;
    expect(answer).toMatchObject({
      name: 'shop_web.2',
      state: 'pending',
      nodes: [{ node: 'n2', fits: false, filter: 'constraint' }, { node: 'n1' }, { node: 'n3' }],
    });
  });

  it('tells which step waits for what', async () => {
    await fleet.addNodes('n1');
    fleet.fate = () => 'hang';
    await apply('services:\n  web: {image: i}\n');
    await untilAll('assigned', 1);
    const stage = async () => lines((await on('explain', 'web.1')).out);
    expect(await stage()).toEqual([
      expect.stringMatching(/is assigned on n1 since/) as string,
      'waits for the driver of n1 to take it',
    ]);
    fleet.fate = () => 'run';
    await untilAll('running', 1);
    expect((await stage())[1]).toBe('runs');
    fleet.fate = ({ status }) => (status.state === 'running' ? 'fail' : 'hang');
    await until('there is a replacement', () => states().length === 2);
    expect((await stage())[1]).toBe('waits for the driver of n1 to take it');
    fleet.fate = () => 'run';
    await untilAll('ready', 1);
    expect((await stage())[1]).toMatch(/^waits until \S+Z: the restart delay is 5s$/);
    const failed = fleet.tasks().find(({ status }) => status.state === 'failed');
    expect(lines((await on('explain', failed?.id ?? '')).out)[1]).toMatch(
      /^task: non-zero exit \(1\); task [a-z0-9]{25} took its place and is ready$/,
    );
  });

  it('names nodes that are held, and networks that end at each engine', async () => {
    const plain = { engine: { addr: 'x', swarmNode: '' } };
    await fleet.addNode('n1', plain);
    await apply('services:\n  web: {image: i}\n  db: {image: i}\n');
    await untilAll('running', 2);
    await fleet.addNode('n2', plain);
    const island =
      'shop_db and shop_web share network shop_default; on n1 and n2 names reach only tasks of the same engine';
    expect(lines((await on('explain', 'web')).out).slice(1)).toEqual(['', `warning: ${island}`]);
    expect(JSON.parse((await on('explain', 'web.1', '-o', 'json')).out)).toMatchObject({ warnings: [island] });
    await fleet.addNode('n3', { ...plain, status: { state: 'unknown', timestamp: 5 } });
    await apply('services:\n  big: {image: i, deploy: {resources: {reservations: {memory: 20G}}}}\n', 'other');
    await untilAll('pending', 1);
    const { out } = await on('explain', 'big');
    expect(lines(out)).toContain('n3 | no | ready | it is held: most nodes went silent at once');
    expect(lines(out).at(-1)).toBe(
      'warning: n3 is held, because most nodes went silent at once: its tasks stay where they are; "skep fleet resume" gives them up',
    );
  });

  it('says that there is no node, and that there is no such task: 3', async () => {
    await apply('services:\n  web: {image: i}\n');
    await untilAll('pending', 1);
    expect((await on('explain', 'web')).out).toContain('no node there: start a manager with --fleet');
    expect(await on('explain', 'nope')).toMatchObject({
      code: 3,
      err: expect.stringContaining('skep ps lists tasks') as string,
    });
  });
});

describe('skep apply --dry-run', () => {
  const dryRun = async (text: string, ...args: string[]) =>
    on('apply', await folder.write('dry.yaml', text), '--stack', 'shop', '--dry-run', ...args);
  const sized = (image: string, replicas: number, memory: string) =>
    `services:\n  web: {image: ${image}, deploy: {replicas: ${replicas}, resources: {reservations: {memory: ${memory}}}}}\n`;

  it('says how many tasks would not fit, and why', async () => {
    await fleet.addNodes('n1', 'n2');
    const { code, err } = await dryRun(sized('i', 6, '5G'));
    expect(code).toBe(0);
    const why = 'no suitable node (insufficient resources on 2 nodes)';
    expect(err).toBe(`stack shop: this would be done\nshop_web: 4 of 6 would not fit: ${why}\n`);
    const rows = JSON.parse((await dryRun(sized('i', 6, '5G'), '-o', 'json')).out) as object[];
    expect(rows[1]).toMatchObject({ name: 'shop_web', unplaced: { tasks: 4, of: 6, text: why } });
  });

  it('gives the room of tasks that would be replaced to their replacements, and of none that stay', async () => {
    await fleet.addNodes('n1', 'n2');
    await apply(sized('i', 2, '5G'));
    await untilAll('running', 2);
    expect((await dryRun(sized('other', 2, '6G'))).err).toBe('stack shop: this would be done\n');
    expect((await dryRun(sized('i', 3, '5G'))).err).toContain('shop_web: 1 of 3 would not fit: no suitable node');
  });

  it('holds services with one task a node against each node, and jobs against their share', async () => {
    await fleet.addNodes('n1', 'n2');
    const text =
      'services:\n  each: {image: i, deploy: {mode: global, resources: {reservations: {memory: 9G}}}}\n' +
      '  job: {image: i, deploy: {mode: replicated-job, replicas: 3, resources: {reservations: {memory: 7G}}}}\n';
    expect((await dryRun(text)).err).toBe(
      'stack shop: this would be done\nshop_each: 2 of 2 would not fit: insufficient resources on 1 node\n' +
        'shop_job: 1 of 3 would not fit: no suitable node (insufficient resources on 2 nodes)\n',
    );
  });
});
