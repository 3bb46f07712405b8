import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DockerClient } from '../../src/fleet/index.js';
import { buildIfMissing, endAll, SkepProcess } from '../support/cli-process.js';
import { freePort, skep } from '../support/cli-run.js';
import { overlaysAreThere } from '../support/engine-networks.js';
import { enginesAreThere, type RealEngine, RealEngines } from '../support/engines.js';

const pause = ['sh', '-c', 'trap exit TERM; while :; do sleep 1000 & wait; done'];

/** Makes two engines members of one swarm of Docker's, which is used for its networks only. */
async function swarm([first, second]: readonly RealEngine[]): Promise<void> {
  if (!first || !second) throw new Error('there must be two engines');
  const post = async (engine: RealEngine, path: string, body: object) => {
    const answer = await engine.post(path, JSON.stringify(body));
    if (answer.status !== 200) throw new Error(`${path} of ${engine.name} failed: ${answer.body}`);
  };
  const listen = (engine: RealEngine) => ({ ListenAddr: `${engine.ip}:2377`, AdvertiseAddr: engine.ip });
  await post(first, '/swarm/init', listen(first));
  const { JoinTokens } = JSON.parse((await first.call('GET', '/swarm')).body) as { JoinTokens: { Worker: string } };
  const join = { ...listen(second), RemoteAddrs: [`${first.ip}:2377`], JoinToken: JoinTokens.Worker };
  await post(second, '/swarm/join', join);
}

/** Output of a ping to a name, from the container of a task that an engine runs. */
async function pinged(address: string, name: string): Promise<string> {
  const client = new DockerClient(address);
  try {
    const [container] = await client.listContainers({ filters: { label: ['skep.task'] } });
    const cmd = ['ping', '-c', '1', '-W', '10', name];
    const { stdout, stderr } = await client.exec({ container: container?.Id ?? '', cmd });
    return stdout + stderr;
  } finally {
    client.close();
  }
}

describe.skipIf(!enginesAreThere() || !overlaysAreThere())(
  'engines in one swarm of Docker',
  { timeout: 120_000 },
  () => {
    let engines: RealEngines;
    const dir = mkdtempSync(join(tmpdir(), 'skep-overlay-'));

    beforeAll(async () => {
      buildIfMissing();
      engines = await RealEngines.start(2, { liveRestore: false, ownNetwork: true });
      await swarm(engines.all);
    }, 120_000);
    afterAll(async () => {
      await endAll();
      await engines.stop();
      await rm(dir, { recursive: true, force: true });
    }, 60_000);

    it('have overlay networks: a name reaches the tasks of another engine, and no warning is given', async () => {
      const addr = `127.0.0.1:${await freePort()}`;
      const url = `nodes://${engines.all.map(({ address }) => address).join(',')}`;
      const manager = new SkepProcess(['manager', '--name', 'm1', '--listen', addr, '--data-dir', join(dir, 'm1'), '--fleet', url]); // prettier-ignore
      await manager.line('ready ');
      const on = (...args: string[]) => skep(['--host', addr, ...args]);
      await expect.poll(async () => (await on('node', 'ls')).out.match(/ready/g)?.length, { timeout: 30_000 }).toBe(2);

      const [first, second] = engines.all.map(({ name }) => name);
      const at = (node: string | undefined) =>
        `{placement: {constraints: ["node.hostname == ${node}"]}, update_config: {monitor: 0s}}`;
      const file = join(dir, 'compose.yaml');
      writeFileSync(
        file,
        `services:\n  web: {image: busybox, command: ${JSON.stringify(pause)}, deploy: ${at(second)}}\n` +
          `  db: {image: busybox, command: ${JSON.stringify(pause)}, deploy: ${at(first)}}\n`,
      );
      expect(await on('apply', file, '--stack', 'shop', '--wait')).toMatchObject({ code: 0, err: '' });

      for (const [at, name] of [
        [1, 'db'],
        [0, 'web'],
        [0, 'tasks.web'],
      ] as const)
        expect(await pinged(engines.all[at]?.address ?? '', name)).toContain('1 packets received');
      expect((await on('explain', 'shop_web')).out).not.toContain('warning');
      const drivers = await Promise.all(
        engines.all.map(async (engine) => {
          const { body } = await engine.call('GET', '/networks/shop_default');
          return (JSON.parse(body) as { Driver: string }).Driver;
        }),
      );
      expect(drivers).toEqual(['overlay', 'overlay']);
    });
  },
);
