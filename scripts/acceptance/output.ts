import { until } from '../waiting.js';
import { type Check, expectSame, expectThat, patienceMs } from './check.js';
import { quick } from './specs.js';

const rowsOf = (text: string) => text.split('\n').filter((line) => line !== '');

/** What tasks write. */
export const outputChecks: readonly Check[] = [
  {
    number: 18,
    says: 'service logs joins three tasks, whole, its end, with times, and followed',
    async run(world) {
      const script =
        'trap exit TERM; echo one; echo two; until [ -f /tmp/go ]; do sleep 1; done; echo three; while :; do sleep 1; done';
      const command = ['busybox', 'sh', '-c', script];
      await world.good('service', 'create', '--name', 'talk', '--replicas', '3', ...quick, ...command);
      const all = rowsOf(await world.good('service', 'logs', 'talk'));
      const shape = /^talk\.([123])\.[0-9a-z]+@(node-\d+) +\| (one|two)$/;
      expectSame(all.map((row) => shape.exec(row)?.slice(1, 2).join()).sort(), ['1', '1', '2', '2', '3', '3'], 'slots');
      const nodes = new Set(all.map((row) => shape.exec(row)?.[2]));
      expectSame([...nodes].sort(), world.engines.map(({ name }) => name).sort(), 'nodes');
      const tail = rowsOf(await world.good('service', 'logs', '--raw', '--tail', '1', 'talk'));
      expectSame(tail, ['two', 'two', 'two'], 'with --tail 1');
      const times = rowsOf(await world.good('service', 'logs', '-t', 'talk'));
      const isTimed = (row: string) => /^\d{4}-\d\d-\d\dT[\d:.]+Z talk\./.test(row);
      expectThat(times.length === 6 && times.every(isTimed), `with -t: ${times[0]}`);
      const followed = world.follow('service', 'logs', '-f', '--raw', 'talk');
      const ours = world.followSkep('logs', '-f', 'talk');
      try {
        await until(
          'both clients have read what there is',
          () => [followed, ours].every(({ out }) => (out().match(/two/g) ?? []).length === 3),
          patienceMs,
        );
        for (const slot of [1, 2, 3]) await world.goodSkep('exec', `talk.${slot}`, '--', 'touch', '/tmp/go');
        await until(
          'new lines arrive',
          () => [followed, ours].every(({ out }) => (out().match(/three/g) ?? []).length === 3),
          patienceMs,
        );
      } catch (error) {
        throw new Error(`${String(error)}; docker: ${followed.out()}; skep: ${ours.out()}`);
      } finally {
        followed.end();
        ours.end();
      }
      return `6 lines of 3 tasks; --tail 1: 3 lines; -t: ${times[0]?.slice(0, 30)}…; docker and skep logs -f got 3 new lines`;
    },
  },
];
