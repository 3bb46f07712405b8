import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../waiting.js';
import { type Check, expectSame, expectThat, patienceMs } from './check.js';
import { tellOf } from './command.js';
import { pauser, quick } from './specs.js';

/** The cluster as a swarm, and services that are made, scaled, restarted and looked after. */
export const serviceChecks: readonly Check[] = [
  {
    number: 1,
    says: 'docker info shows an active swarm, three nodes, and a row for each engine',
    async run(world) {
      const out = await world.good('info');
      expectThat(/^ Swarm: active$/m.test(out), `no active swarm: ${out}`);
      const nodes = await world.good('info', '-f', '{{.Swarm.Nodes}} {{.Swarm.Managers}} {{.Swarm.ControlAvailable}}');
      expectSame(nodes, '3 3 true', 'nodes, managers, control');
      for (const { name, address } of world.engines)
        expectThat(out.includes(`${name}: ${address}`), `no row for ${name} in ${out}`);
      const healthy = out.match(/└ Status: Healthy/g)?.length ?? 0;
      expectSame(healthy, 3, 'healthy engines');
      return `Swarm: active, Nodes: 3, ${healthy} healthy engines`;
    },
  },
  {
    number: 2,
    says: 'docker node ls shows three Ready nodes and one Leader',
    async run(world) {
      const out = await world.good('node', 'ls', '--format', '{{.Hostname}} {{.Status}} {{.ManagerStatus}}');
      const rows = out.split('\n').sort();
      expectSame(
        rows.map((row) => row.split(' ')[1]),
        ['Ready', 'Ready', 'Ready'],
        'states',
      );
      expectSame(rows.filter((row) => row.endsWith(' Leader')).length, 1, 'leaders');
      return rows.join('; ');
    },
  },
  {
    number: 3,
    says: 'service create --replicas 6 ends converged, with two tasks on each engine',
    async run(world) {
      const out = await world.good('service', 'create', '--name', 'web', '--replicas', '6', ...quick, ...pauser);
      expectThat(/converged/.test(out), `does not say converged: ${out}`);
      const rows = (await world.good('service', 'ps', 'web', '--format', '{{.CurrentState}}')).split('\n');
      expectSame(
        rows.map((row) => row.split(' ')[0]),
        Array(6).fill('Running'),
        'states in ps',
      );
      expectSame(await world.good('service', 'ls', '--format', '{{.Replicas}}'), '6/6', 'replicas');
      expectSame(await world.spread('web'), [2, 2, 2], 'spread');
      expectThat(/6\/6/.test(await world.goodSkep('service', 'ls')), 'skep service ls shows 6/6');
      return 'converged, 6/6, spread 2/2/2';
    },
  },
  {
    number: 4,
    says: 'service scale to 9 and to 3 leaves the engines even',
    async run(world) {
      await world.good('service', 'create', '--name', 'web', '--replicas', '6', ...quick, ...pauser);
      await world.good('service', 'scale', 'web=9');
      expectSame(await world.spread('web'), [3, 3, 3], 'spread of 9');
      await world.good('service', 'scale', 'web=3');
      await world.untilRunning('web', 3);
      await until('three containers run', async () => (await world.spread('web')).join() === '1,1,1', patienceMs);
      return '9 as 3/3/3, 3 as 1/1/1';
    },
  },
  {
    number: 10,
    says: 'on-failure with two attempts leaves three failed tasks, and rests',
    async run(world) {
      const policy = ['--restart-condition', 'on-failure', '--restart-max-attempts', '2', '--restart-delay', '500ms'];
      await world.good('service', 'create', '-d', '--name', 'bad', ...policy, 'busybox', 'sh', '-c', 'exit 3');
      const failed = async () => (await world.tasks('bad')).filter(({ Status }) => Status.State === 'failed');
      await until('three tasks have failed', async () => (await failed()).length === 3, patienceMs);
      await delay(3_000); // six times the delay: a fourth would be there
      const rows = (await world.good('service', 'ps', 'bad', '--no-trunc', '--format', '{{.Error}}')).split('\n');
      expectSame(rows, Array(3).fill('"task: non-zero exit (3)"'), 'errors in ps');
      expectSame((await world.containers('bad')).length, 3, 'containers');
      return `3 tasks, each ${rows[0]}`;
    },
  },
  {
    number: 11,
    says: 'a task with a health check runs only when it is healthy, and is replaced when it is sick',
    async run(world) {
      const health = ['--health-cmd', 'test -f /tmp/well', '--health-interval', '500ms', '--health-retries', '2'];
      const script = 'sleep 4; touch /tmp/well; while :; do sleep 1; done';
      const start = [
        '--health-start-period',
        '60s',
        '--stop-grace-period',
        '1s',
        ...quick,
        'busybox',
        'sh',
        '-c',
        script,
      ];
      await world.good('service', 'create', '-d', '--name', 'well', ...health, ...start);
      let early = 0;
      await until(
        'the task runs',
        async () => {
          const [task] = await world.tasks('well');
          const [container] = await world.containers('well');
          if (task?.Status.State === 'starting' && container?.State === 'running') early++;
          if (task?.Status.State !== 'running') return false;
          expectThat(/\(healthy\)/.test(container?.Status ?? ''), `runs while ${container?.Status}`);
          return true;
        },
        patienceMs,
        50,
      );
      expectThat(early > 0, 'the task was never seen starting while its container ran');
      const [first] = await world.tasks('well');
      const ran = await world.skep('exec', 'well.1', '--', 'rm', '/tmp/well');
      expectThat(ran.code === 0, tellOf('skep exec', ran));
      const isSick = async () =>
        (await world.tasks('well')).find(({ ID }) => ID === first?.ID)?.Status.State === 'failed';
      await until('the sick task failed', isSick, patienceMs);
      const text = (await world.tasks('well')).find(({ ID }) => ID === first?.ID)?.Status.Err;
      expectSame(text, 'task: non-zero exit (137): dockerexec: unhealthy container', 'error');
      const [second] = await world.untilRunning('well', 1);
      expectThat(second?.ID !== first?.ID, 'another task runs');
      return `starting while its container ran (${early} looks), then running; sick: ${text}; replaced`;
    },
  },
];
