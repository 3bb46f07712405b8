import { wordsOf } from '../../src/fleet/engine/errors.js';
import { freePort, until } from '../waiting.js';
import { sleeper } from './field.js';
import { expectThat, type Round, type Row } from './row.js';

/** Rows in which an engine lives, and refuses: its words reach the user. */
export const refusalRows: readonly Row[] = [
  { name: 'disk full', round: diskFull },
  { name: 'image missing', round: imageMissing },
  { name: 'port taken', round: portTaken },
];

async function diskFull({ field, tally, victim }: Round): Promise<void> {
  victim.real.fillDisk();
  const engine = field.engine(victim);
  const error = await tally.refused(() => field.cluster.deployContainer(engine, sleeper({ moves: true }), 'web'));
  expectThat(/no space left on device/.test(wordsOf(error)), `the engine's words arrive: ${String(error)}`);
  expectThat(field.records.length === 0, 'no record stays');
  victim.real.freeDisk();
  await tally.run(() => field.run(victim, 'web', { moves: true }));
  await tally.run(() => field.cluster.destroyContainer(field.cluster.container('web') as never));
}

async function imageMissing({ field, tally }: Round): Promise<void> {
  const body = sleeper({ Image: '127.0.0.1:9/nosuch:1' }); // the port of a service that nobody offers
  const error = await tally.refused(() => field.cluster.createContainer(body, 'web'));
  expectThat(
    /No such image: 127\.0\.0\.1:9\/nosuch:1: .*connection refused/.test(String(error)),
    `the engine's words arrive: ${String(error)}`,
  );
  expectThat(field.records.length === 0 && (await field.names()).length === 0, 'nothing stays');
  await tally.run(() => field.cluster.createContainer(sleeper({}), 'web'));
}

async function portTaken({ field, tally, victim }: Round): Promise<void> {
  const port = await freePort();
  const bindings = { '80/tcp': [{ HostPort: String(port) }] };
  const ports = { ExposedPorts: { '80/tcp': {} }, HostConfig: { PortBindings: bindings } };
  const engine = field.engine(victim);
  const deploy = (name: string) => tally.run(() => field.cluster.deployContainer(engine, sleeper(ports), name));
  const [first, second] = [await deploy('first'), await deploy('second')];
  await tally.run(() => engine.client.startContainer(first.id));
  const error = await tally.refused(() => engine.client.startContainer(second.id));
  expectThat(/port is already allocated/.test(wordsOf(error)), `the engine's words arrive: ${String(error)}`);
  await tally.run(() => field.cluster.removeContainer(first, { force: true }));
  await tally.run(() => engine.client.startContainer(second.id));
  await until('the cluster sees that it runs', () => field.cluster.container('second')?.state.status === 'running');
}
