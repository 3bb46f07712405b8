import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../src/base/errors.js';
import { freePort, until } from '../waiting.js';
import { type Check, expectSame, expectThat, patienceMs } from './check.js';
import { tellOf } from './command.js';
import { quick } from './specs.js';
import { untilUpdated } from './updates.js';
import type { World } from './world.js';

const twoOnANetwork = `services:
  web:
    image: busybox
    command: ["sh", "-c", "trap exit TERM; while :; do sleep 1000 & wait; done"]
    deploy: { replicas: 3, update_config: { monitor: 1s } }
    networks: [back]
  db:
    image: busybox
    command: ["sh", "-c", "trap exit TERM; while :; do sleep 1000 & wait; done"]
    deploy: { update_config: { monitor: 1s } }
    networks: [back]
networks:
  back: {}
`;

/** Containers without a service, names, and published ports. */
export const networkChecks: readonly Check[] = [
  {
    number: 26,
    says: 'containers without a service live beside tasks on all three engines, and docker works with them',
    async run(world) {
      const pause = ['busybox', 'sh', '-c', 'trap exit TERM; echo hello; while :; do sleep 1; done'];
      await world.good('service', 'create', '--name', 'web', '--mode', 'global', ...quick, ...pause);
      for (const { name } of world.engines) {
        await world.good('run', '-d', '--name', `one-${name}`, '-e', `constraint:node==${name}`, ...pause);
        const shown = await world.good('ps', '--format', '{{.Names}}', '--filter', `name=one-${name}`);
        expectSame(shown, `${name}/one-${name}`, 'ps');
        expectSame(await world.good('exec', `one-${name}`, 'echo', 'inside'), 'inside', 'exec');
        await until('it has written', async () => (await world.good('logs', `one-${name}`)) === 'hello', patienceMs);
      }
      const rows = (await world.good('ps', '--format', '{{.Names}}')).split('\n');
      expectSame(rows.length, 6, 'rows of ps');
      await world.good('rm', '-f', ...world.engines.map(({ name }) => `one-${name}`));
      await delay(1_000);
      expectSame(await world.spread('web'), [1, 1, 1], 'tasks');
      expectSame((await world.containers()).length, 3, 'containers');
      return 'run, ps, exec, logs, rm on each of three; three tasks beside them are as they were';
    },
  },
  {
    number: 27,
    says: 'without an overlay, skep says that names reach only their own engine, and there they do',
    async run(world) {
      await writeFile(join(world.folder, 'two.yaml'), twoOnANetwork);
      const ran = await world.skep('apply', 'two.yaml', '--stack', 'duo', '--wait');
      expectThat(ran.code === 0, tellOf('skep apply', ran));
      const warning = /^warning: (.* share network duo_back; .*same engine)$/m.exec(ran.err)?.[1];
      expectThat(warning !== undefined, `no warning: ${ran.err}${ran.out}`);
      const db = (await world.containers('duo_db'))[0]?.engine;
      const near = (await world.containers('duo_web')).find(({ engine }) => engine === db);
      expectThat(near !== undefined, 'no web is beside db');
      const slot = near.Labels['com.docker.swarm.task.name']?.split('.')[1];
      const found = await world.goodSkep('exec', `duo_web.${slot}`, '--', 'ping', '-c', '1', 'db');
      expectThat(/1 packets received/.test(found), `db does not answer: ${found}`);
      return `bridges: "${warning}"; db answers to the web beside it (test/system/overlay.test.ts tries overlays)`;
    },
  },
  {
    number: 28,
    says: 'every manager reaches all tasks at a published port, also during a rolling update, without an error',
    async run(world) {
      const port = await freePort();
      // An old task goes on for a moment after it is told to stop, as a server that drains does.
      const server = `trap 'sleep 1; exit' TERM; mkdir /www; hostname > /www/index.html; httpd -f -p 80 -h /www & wait`;
      const health = ['--health-cmd', 'wget -qO- http://127.0.0.1/', '--health-interval', '500ms'];
      const update = ['--update-order', 'start-first', '--update-delay', '500ms', '--update-parallelism', '1'];
      const publish = ['--publish', `published=${port},target=80`, '--replicas', '3', ...health, ...update, ...quick];
      await world.good('service', 'create', '--name', 'web', ...publish, 'busybox', 'sh', '-c', server);
      for (const at of [0, 1, 2]) {
        const hosts = new Set<string>();
        const url = `http://${world.ingress(at)}:${port}/`;
        await until(
          `${url} reaches three tasks`,
          async () => {
            const { text } = await get(url);
            if (text !== undefined) hosts.add(text);
            return hosts.size === 3;
          },
          patienceMs,
        );
      }
      const asking = ask(world, port);
      await world.good('service', 'update', '-d', '--force', 'web');
      const status = await untilUpdated(world, 'web');
      const { errors, answers, hosts } = await asking.end();
      expectSame(status, 'completed: update completed', 'end of the update');
      expectThat(errors.length === 0, `${errors.length} of ${answers + errors.length} requests failed: ${errors[0]}`);
      expectThat(hosts === 6, `requests reached ${hosts} tasks, not three old and three new ones`);
      return `3 of 3 tasks through each manager; ${answers} requests during the update, 0 errors, ${hosts} tasks`;
    },
  },
];

async function get(url: string): Promise<{ text?: string; error?: string }> {
  try {
    const answer = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(10_000) });
    const text = await answer.text();
    return answer.ok ? { text: text.trim() } : { error: `${answer.status}` };
  } catch (error) {
    const { message, cause } = error as Error;
    return { error: `${message} ${messageOf(cause)} at ${new Date().toISOString()}` };
  }
}

/** Asks all managers in turn until it is ended. */
function ask(world: World, port: number) {
  const errors: string[] = [];
  const hosts = new Set<string>();
  let answers = 0;
  let goesOn = true;
  const running = (async () => {
    for (let at = 0; goesOn; at = (at + 1) % 3) {
      const { text, error } = await get(`http://${world.ingress(at)}:${port}/`);
      if (text === undefined) errors.push(`manager ${at + 1}: ${error}`);
      else {
        answers++;
        hosts.add(text);
      }
      await delay(10);
    }
  })();
  return {
    async end() {
      goesOn = false;
      await running;
      return { errors, answers, hosts: hosts.size };
    },
  };
}
