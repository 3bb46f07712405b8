import { until } from '../waiting.js';
import { type Check, expectSame, expectThat, patienceMs } from './check.js';
import { tellOf } from './command.js';
import { fewest, livesOf } from './lives.js';
import { pauser, quick } from './specs.js';
import type { World } from './world.js';

/** Six replicas of `web` that run. */
export async function six(world: World, ...more: string[]): Promise<void> {
  await world.good('service', 'create', '--name', 'web', '--replicas', '6', ...quick, ...more, ...pauser);
}

/** Waits for the end of an update. Its state and message. */
export async function untilUpdated(world: World, name: string): Promise<string> {
  let text = '';
  await until(
    `the update of ${name} ends`,
    async () => {
      const { UpdateStatus: status } = await world.service(name);
      text = `${status?.State}: ${status?.Message}`;
      return /^(completed|paused|rollback_completed|rollback_paused)/.test(text);
    },
    patienceMs,
    50,
  );
  return text;
}

/** Images of the tasks that run. */
const imagesOf = async (world: World) => [
  ...new Set((await world.runningTasks('web')).map(({ Spec }) => Spec.ContainerSpec.Image)),
];

/** Updates the image of `web`, and holds that so many containers ran at every moment. */
async function rolls(world: World, least: number, meanwhile: () => Promise<string> = async () => ''): Promise<string> {
  const from = Date.now();
  const told = world.docker('service', 'update', '-d', '--image', 'busybox:two', 'web');
  const done = await meanwhile();
  const ran = await told;
  expectThat(ran.code === 0, tellOf('docker service update', ran));
  const status = await untilUpdated(world, 'web');
  const to = Date.now();
  expectSame(status, 'completed: update completed', 'end of the update');
  expectSame(await imagesOf(world), ['busybox:two'], 'images');
  const lives = await livesOf(world, 'web');
  const least6 = fewest(lives, from, to);
  expectThat(least6 >= least, `only ${least6} of 6 ran at one moment, wanted ${least}`);
  await world.untilRunning('web', 6);
  return `${done}never fewer than ${least6} of 6 ran; ${status}; ${((to - from) / 1_000).toFixed(1)} s`;
}

const pairs = ['--update-parallelism', '2', '--update-delay', '1s'];

/** Updates, and what becomes of those that fail. */
export const updateChecks: readonly Check[] = [
  {
    number: 5,
    says: 'an update of two at a time leaves four of six running, and completes',
    async run(world) {
      await six(world, ...pairs);
      return rolls(world, 4);
    },
  },
  {
    number: 6,
    says: 'an update with start-first leaves six of six running',
    async run(world) {
      await six(world, ...pairs, '--update-order', 'start-first');
      return rolls(world, 6);
    },
  },
  {
    number: 7,
    says: 'an update to an image that is missing pauses, and the client exits with 1 and says so',
    async run(world) {
      await six(world);
      const ran = await world.docker('service', 'update', '--image', 'busybox:nosuch', 'web');
      const text = /service update paused: update paused due to failure or early termination of task [0-9a-z]{25}/;
      expectThat(ran.code === 1 && text.test(ran.err), tellOf('docker service update', ran));
      const failed = (await world.tasks('web')).filter(({ Status }) => Status.State === 'rejected');
      expectThat(failed.length > 0, 'no task was rejected');
      for (const { Status } of failed)
        expectThat(/No such image: busybox:nosuch/.test(Status.Err ?? ''), `error of the task: ${Status.Err}`);
      expectThat((await world.runningTasks('web')).length >= 5, 'the other five run on');
      return `exit 1, ${text.exec(ran.err)?.[0]}; task: ${failed[0]?.Status.Err}`;
    },
  },
  {
    number: 8,
    says: 'an update that fails with failure-action rollback returns to the image before',
    async run(world) {
      await six(world, '--update-failure-action', 'rollback');
      const ran = await world.docker('service', 'update', '--image', 'busybox:nosuch', 'web');
      const status = await untilUpdated(world, 'web');
      expectSame(status, 'rollback_completed: rollback completed', 'end of the update');
      await world.untilRunning('web', 6);
      expectSame(await imagesOf(world), ['busybox:latest'], 'images');
      // The client polls: it sees one of the two messages at least.
      const told = /rollback: (rollback completed|update rolled back due to failure or early termination of task \w+)/;
      expectThat(told.test(ran.out + ran.err), tellOf('docker service update', ran));
      expectSame(ran.code, 0, 'exit code');
      return `${status}, exit ${ran.code}, 6 of busybox:latest; "${told.exec(ran.out + ran.err)?.[0]}"`;
    },
  },
  {
    number: 9,
    says: 'service rollback returns to the spec before',
    async run(world) {
      await six(world, '--update-parallelism', '0', '--rollback-parallelism', '0');
      await world.good('service', 'update', '--image', 'busybox:two', 'web');
      expectSame(await imagesOf(world), ['busybox:two'], 'images after the update');
      await world.good('service', 'rollback', 'web');
      await world.untilRunning('web', 6);
      expectSame(await imagesOf(world), ['busybox:latest'], 'images after the rollback');
      const { UpdateStatus: status } = await world.service('web');
      expectSame(status?.State, 'rollback_completed', 'state');
      return `busybox:latest → two → latest; ${status?.Message}`;
    },
  },
  {
    number: 23,
    says: 'the leading manager is killed in the middle of check 5, which holds still',
    async run(world) {
      await six(world, ...pairs);
      const leader = await world.leader();
      return rolls(world, 4, async () => {
        await until('the update is on its way', async () => {
          const tasks = await world.runningTasks('web');
          return tasks.some(({ Spec }) => Spec.ContainerSpec.Image === 'busybox:two');
        });
        await leader.end('SIGKILL');
        const next = await world.leader();
        return `killed ${leader.name}, then ${next.name} led; `;
      });
    },
  },
];
