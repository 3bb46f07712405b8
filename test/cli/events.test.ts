import { afterAll, beforeAll, expect, it } from 'vitest';
import { Running } from '../support/cli-run.js';
import { FleetCli } from '../support/fleet-cli.js';
import { until } from '../support/network-wait.js';

let cli: FleetCli;
beforeAll(async () => {
  cli = await FleetCli.open();
});
afterAll(() => cli.close());

it('skep events says what happens to services, tasks and nodes, with author and reason', async () => {
  const { version } = cli.member.store;
  const words = new Running(['--host', cli.member.addr ?? '', 'events', '--from', String(version)]);
  const objects = new Running(['--host', cli.member.addr ?? '', 'events', '--from', String(version), '-o', 'json']);
  await cli.fleet.addNodes('n1');
  await cli.apply('services:\n  web: {image: i}\n', 'shop', '--actor', 'ann');
  await cli.untilRunning('shop_web', 1);
  await cli.on('node', 'drain', 'n1', '--yes');
  const said = () => words.lines.map((line) => line.replace(/^\S+ {2}/, ''));
  await until('the task waits', () =>
    ['pending', 'shutdown on'].every((state) => said().some((line) => line.startsWith(`task shop_web.1: ${state}`))),
  );
  expect(said()).toEqual(
    expect.arrayContaining([
      'node n1: ready',
      'service shop_web: created  by ann: apply shop',
      'task shop_web.1: running on n1',
      'task shop_web.1: should be shutdown',
      'task shop_web.1: shutdown on n1',
      'task shop_web.1: pending: no suitable node (1 node not available for new tasks)',
    ]),
  );
  await objects.until(words.lines.length);
  expect(objects.events.find(({ text }) => text === 'service shop_web: created')).toMatchObject({
    kind: 'service',
    actor: 'ann',
  });
  expect((await words.interrupt()).code).toBe(130);
  await objects.interrupt();
});
