import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../waiting.js';
import { type Check, expectSame, expectThat, patienceMs, within } from './check.js';
import { livesOf } from './lives.js';
import { pauser, quick } from './specs.js';
import { six } from './updates.js';

/** Managers and engines that die or hang. */
export const failureChecks: readonly Check[] = [
  {
    number: 24,
    says: 'tasks of an engine that was killed run elsewhere, and when it is back six containers run',
    async run(world) {
      await six(world);
      const [engine] = world.engines;
      expectThat(engine !== undefined, 'there is no engine');
      const began = performance.now();
      await engine.kill9();
      const elsewhere = async () => (await world.spread('web')).join() === '0,3,3';
      await until('six run elsewhere', elsewhere, patienceMs, 50);
      const moved = within('6/6 elsewhere', performance.now() - began, 17_000);
      await world.untilRunning('web', 6);
      await engine.start();
      const back = performance.now();
      // Its containers lived on: they are there again at once, and must go.
      await until('six containers run', elsewhere, patienceMs, 50);
      const gone = within('back, its three old ones gone', performance.now() - back, 5_000);
      await delay(2_000);
      expectSame(await world.spread('web'), [0, 3, 3], 'spread two seconds later');
      return `${moved}; ${gone}`;
    },
  },
  {
    number: 25,
    says: 'the leading manager is stopped for 15 s while a service grows from 3 to 12, and twelve containers come of it',
    async run(world) {
      await world.good('service', 'create', '--name', 'web', '--replicas', '3', ...quick, ...pauser);
      const leader = await world.leader();
      const scaled = world.docker('service', 'scale', '-d', 'web=12');
      await delay(100); // somewhere in the middle: each time is a good one
      leader.signal('SIGSTOP');
      const stopped = performance.now();
      const ran = await scaled;
      if (ran.code !== 0) await world.good('service', 'scale', '-d', 'web=12');
      await world.untilRunning('web', 12);
      const grownMs = performance.now() - stopped;
      await delay(Math.max(0, 15_000 - grownMs));
      leader.signal('SIGCONT');
      await world.untilReady();
      await delay(5_000); // what the one that slept has left to do, it does now
      const lives = await livesOf(world, 'web');
      expectSame(lives.length, 12, 'containers that ever ran');
      expectSame(lives.filter(({ to }) => to === Infinity).length, 12, 'containers that run');
      expectSame((await world.containers('web')).length, 12, 'containers on the engines');
      const tasks = (await world.containers('web')).map(({ Labels }) => Labels['com.docker.swarm.task.id']);
      expectSame(new Set(tasks).size, 12, 'task ids');
      return `stopped ${leader.name}; 12 ran after ${(grownMs / 1_000).toFixed(1)} s; 12 containers ever, of 12 tasks`;
    },
  },
];
