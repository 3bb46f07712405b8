import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.js';
import { ask, begin, serveFleet } from '../support/docker-http.js';
import { until } from '../support/processes.js';
import { SwarmWorld } from '../support/swarm-world.js';

/** Time goes on a hundred times as fast for those who wait. */
function fastClock() {
  let waits = 0;
  const clock: Clock = {
    ...systemClock,
    now: () => systemClock.now(),
    schedule: (ms, run) => {
      waits++;
      return systemClock.schedule(ms / 100, run);
    },
  };
  return { clock, waits: () => waits };
}

it('holds nothing for each time that it looks for new tasks', async () => {
  const world = new SwarmWorld();
  await world.addNode('1'.repeat(25), 'node-1');
  let signal: AbortSignal | undefined;
  const { clock, waits } = fastClock();
  const swarm = {
    ...world.backend,
    logs: (_task: unknown, _options: unknown, given?: AbortSignal) => {
      signal = given;
      return Promise.resolve(Readable.from([]));
    },
  };
  const served = await serveFleet([{ name: 'node-1' }], { swarm, clock });
  onTestFinished(async () => {
    await served.close();
    await world.close();
  });
  await ask(served.address, 'POST', '/services/create', {
    Name: 'web',
    TaskTemplate: { ContainerSpec: { Image: 'busybox' } },
  });
  await until('the task runs', () => world.store.view((tx) => tx.tasks().find()[0]?.status.state === 'running'));
  const answer = await begin(served.address, 'GET', '/services/web/logs?stdout=1&follow=1');
  answer.on('error', () => undefined).resume();
  await until('the output is read', () => signal !== undefined);
  const before = waits();
  await until('it has looked fifty times', () => waits() > before + 50);
  expect(getEventListeners(signal as AbortSignal, 'abort').length).toBeLessThan(10);
  answer.destroy();
});
