import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedFleet, serveFleet } from '../support/docker-http.js';
import { HttpRecord } from '../support/http-record.js';
import { SwarmWorld } from '../support/swarm-world.js';

/** What Docker's command line asked a swarm of Docker, and what it said. */
interface Asked {
  readonly cmd: string;
  readonly rc: number;
  readonly requests: readonly string[];
  readonly says?: string;
}

const all = JSON.parse(
  readFileSync(join(import.meta.dirname, '../docker/swarm-answers/cli-requests.json'), 'utf8'),
) as readonly Asked[];
/** The last commands are of an engine that has left its swarm. */
const asked = all.slice(
  0,
  all.findIndex(({ cmd }) => cmd === 'docker swarm leave --force'),
);

const docker = '/usr/local/bin/docker';
if (!existsSync(docker)) {
  if (process.env.SKEP_REQUIRE_ALL === '1') throw new Error(`no ${docker}: install Docker's command line 28`);
  console.warn(`skipped: no ${docker}`);
}

interface Difference {
  readonly rc?: number;
  /** Requests of the swarm that skep does not see, and those that only skep sees. */
  readonly less?: readonly string[];
  readonly more?: readonly string[];
  readonly says?: string;
  /** True: tasks of a service that was just removed are shown for a second, so that the time decides. */
  readonly passing?: boolean;
}

const rotate =
  'POST /swarm/update?rotateManagerToken=false&rotateManagerUnlockKey=false&rotateWorkerToken=true&version=N';
const settings =
  'POST /swarm/update?rotateManagerToken=false&rotateManagerUnlockKey=false&rotateWorkerToken=false&version=N';
const ofTasks = ['GET /nodes/ID 200', 'GET /services/ID?insertDefaults=false 200', 'GET /tasks/ID 200'];
const noOutput = 'this manager cannot read the output of tasks';

/** Answers that differ on purpose: by the command, or by its place among the commands. */
const differences: Readonly<Record<string, Difference>> = {
  // There are no tokens, locks or certificates.
  'docker swarm join-token --rotate worker': {
    rc: 1,
    less: ['GET /info 200', 'GET /nodes/ID 200', `${rotate} 200`],
    more: [`${rotate} 501`],
    says: 'skep has no join tokens to rotate',
  },
  'docker swarm update --autolock=true': {
    rc: 1,
    less: ['GET /swarm/unlockkey 200', `${settings} 200`],
    more: [`${settings} 400`],
    says: 'EncryptionConfig.AutoLockManagers cannot be true: skep does not lock managers',
  },
  'docker swarm unlock-key -q': { rc: 1, says: 'no unlock key is set' },
  // The engines of the test have no registry.
  'docker service create --detach --name web --replicas 2 --publish 18080:80 busybox:latest httpd -f -p 80 -h /': {
    less: ['GET /distribution/busybox:latest/json 500'],
    more: ['GET /distribution/busybox:latest/json 404'],
  },
  // The backend of the test has no output of tasks.
  'docker service logs --tail 5 web': {
    rc: 1,
    less: ['GET /services/web/logs?details=1&stderr=1&stdout=1&tail=5 200'],
    more: ['GET /services/web/logs?details=1&stderr=1&stdout=1&tail=5 501'],
    says: noOutput,
  },
  'docker service logs rich': {
    rc: 1,
    less: [...ofTasks, 'GET /services/rich/logs?details=1&stderr=1&stdout=1&tail=all 200'],
    more: ['GET /services/rich/logs?details=1&stderr=1&stdout=1&tail=all 501'],
    says: noOutput,
  },
  'docker service logs --timestamps --details -n 3 rich': {
    rc: 1,
    less: [...ofTasks, 'GET /services/rich/logs?details=1&stderr=1&stdout=1&tail=3&timestamps=1 200'],
    more: ['GET /services/rich/logs?details=1&stderr=1&stdout=1&tail=3&timestamps=1 501'],
    says: noOutput,
  },
  // There is no ingress network until somebody makes one.
  'docker network rm ingress </dev/null': {
    rc: 1,
    less: ['GET /networks/ingress 200'],
    more: ['GET /networks/ingress 404', 'DELETE /networks/ingress 404'],
    says: 'network ingress not found',
  },
  'docker network rm n1': { more: ['DELETE /networks/n1 400'], says: 'network n1 is in use by service rich' },
  'docker secret rm s1': { says: 'secret s1 is in use by service rich' },
  'docker config rm c1': { says: 'config c1 is in use by service rich' },
  'docker service create --detach --name bad --constraint "node.x" --no-resolve-image busybox': {
    less: ['POST /services/create 500'],
    more: ['POST /services/create 400'],
    says: "constraint 'node.x' has no operator",
  },
  'docker service create --detach --name p2 --publish 18082:1 --no-resolve-image busybox': {
    says: '18082/tcp is published by service rich already',
  },
  'docker service create --detach --name "bad name" --no-resolve-image busybox': {
    says: 'must be at most 63 letters, digits, - and _',
  },
  'docker node ps': { passing: true },
  'docker node ps self': { passing: true },
  'docker stack ps st': { passing: true },
  'docker swarm leave': { says: 'skep member remove' },
  'docker node demote node-1': { says: 'take the manager out with "skep member remove NAME"' },
  'docker node rm node-1': { says: 'is a cluster manager and is a member of the raft cluster' },
  'docker node rm -f node-1': { says: 'is a cluster manager and is a member of the raft cluster' },
};

/** What follows changed content of a secret: it is taken, and the services roll. */
const newContent: Difference = {
  rc: 0,
  says: 'Updating service st_a',
  less: ['POST /secrets/ID/update?version=N 400'],
  more: [
    'POST /secrets/ID/update?version=N 200',
    'GET /configs/st_c 200',
    'POST /configs/ID/update?version=N 200',
    'GET /secrets?filters={"name":{"st_s":true}} 200',
    'GET /configs?filters={"name":{"st_c":true}} 200',
    'GET /services?filters={"label":{"com.docker.stack.namespace=st":true}} 200',
    'POST /services/ID/update?version=N 200',
    'POST /services/create 201',
  ],
};

/** Two services, or the first without its config. */
const compose = (two: boolean) => `
services:
  a: {image: busybox, command: sleep 1d, secrets: [s]${two ? ', configs: [c]' : ''}}
${two ? '  b: {image: busybox, command: sleep 1d}' : ''}
secrets: {s: {file: ./s.txt}}
configs: {c: {file: ./c.txt}}
`;

describe.skipIf(!existsSync(docker))('Docker’s command line, as against a swarm of Docker', { timeout: 60_000 }, () => {
  let world: SwarmWorld;
  let served: ServedFleet;
  let record: HttpRecord;
  let folder: string;
  let deploys = 0;

  const run = (cmd: string, timeout: number) =>
    new Promise<{ code: number; text: string }>((resolve) => {
      const env = {
        PATH: process.env.PATH,
        HOME: folder,
        DOCKER_CONFIG: folder,
        DOCKER_HOST: `tcp://${served.address}`,
      };
      const child = execFile(
        'sh',
        ['-c', cmd],
        { env, cwd: folder, timeout, killSignal: 'SIGKILL' },
        (error, out, err) =>
          resolve({ code: error ? (error.killed ? 124 : Number(error.code)) : 0, text: `${out}${err}` }),
      );
      child.stdin?.end();
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'swarm-replay-'));
    await writeFile(join(folder, 'c.txt'), 'config');
    world = new SwarmWorld();
    const managerStatus = { memberId: '1', addr: '127.0.0.1:4242' };
    await world.addNode('1'.repeat(25), 'node-1', { role: 'manager', spec: { desiredRole: 'manager' }, managerStatus });
    served = await serveFleet([{ name: 'node-1' }], { swarm: world.backend }, 'cluster');
    record = new HttpRecord(served.address);
    await run('docker service create -d --name web --no-resolve-image busybox sleep 1d', 10_000);
    record.take();
  });
  afterAll(async () => {
    record.close();
    await served.close();
    await world.close();
    await rm(folder, { recursive: true });
  });

  it.each(asked.map((one, place) => ({ ...one, place })))('$place: $cmd', async ({ cmd, rc, requests, says }) => {
    const isDeploy = cmd.startsWith('docker stack deploy');
    if (isDeploy) deploys++;
    await writeFile(join(folder, 'compose.yaml'), compose(deploys !== 3));
    await writeFile(join(folder, 's.txt'), deploys === 4 ? 'other' : 'secret');
    if (cmd === 'docker node rm node-2') await world.addNode('2'.repeat(25), 'node-2');
    const difference = isDeploy && deploys === 4 ? newContent : (differences[cmd] ?? {});
    const forever = rc === 124;
    const { code, text } = await run(forever ? `exec ${whole(cmd)}` : whole(cmd), forever ? 2_000 : 30_000);
    const { less = [], more = [], passing = false } = difference;
    const wanted = new Set([...requests.filter((one) => !less.includes(one)), ...more]);
    const open = requests.some((one) => one.endsWith('more'));
    const got = record.take().filter((one) => !open || wanted.has(one));
    if (passing) {
      expect([...wanted]).toEqual(expect.arrayContaining(got));
      return;
    }
    expect(code, text).toBe(difference.rc ?? rc);
    expect(got.sort()).toEqual([...wanted].filter((one) => !one.endsWith('more')).sort());
    const words = difference.says ?? (rc !== 0 && !forever ? wordsOf(says ?? '') : '');
    expect(text.replaceAll('"', '').replaceAll("'", '')).toContain(words.replaceAll('"', '').replaceAll("'", ''));
  });
});

/** The record of a long command ends in its middle. */
const whole = (cmd: string) =>
  cmd.replace(
    /--restart-max-atte$/,
    '--restart-max-attempts 3 --stop-grace-period 2s --publish published=18081,target=80,mode=host ' +
      '--publish 18082:81 --no-resolve-image busybox:latest sleep 1d',
  );

/** The last line of what Docker said, without the words of gRPC and without ids. */
function wordsOf(says: string): string {
  const last = says.split(' / ').at(-1) ?? '';
  return last.replace(/rpc error: code = \w+ desc = /, '').replace(/\b[a-z0-9]{25}\b.*$/, '');
}
