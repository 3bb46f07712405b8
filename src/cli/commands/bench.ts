import { type Command, Option } from 'commander';
import { systemClock } from '../../base/clock.js';
import { formatDuration } from '../../base/duration.js';
import { newId } from '../../base/ids.js';
import { systemRandom } from '../../base/random.js';
import type { Client, WriteOptions } from '../../client/index.js';
import { countFrom1, time } from '../arguments.js';
import { barOf } from '../bar.js';
import { offerLoad } from '../bench/load.js';
import { judge, p99MostMs, type Size, type SizeResult, sizes } from '../bench/sizes.js';
import { type Context, withClient } from '../context.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { type Columns, printList } from '../output.js';

interface BenchFlags {
  readonly size?: string;
  readonly duration: number;
  readonly bytes: number;
}

/** Lifetime of the lease that holds all objects of a run, milliseconds: a killed command leaves them no longer. */
const leaseTtlMs = 60_000;
const durationMostMs = 10 * 60_000;
const bytesMost = 64 * 1024;
/** Share of a processor above which the command may be the limit. */
const busyMuch = 0.9;

/** `skep bench`: offers a cluster loads of rising size, and says which of them it carries. */
export function addBench(program: Command, context: Context, exit: (code: number) => void): void {
  program
    .command('bench')
    .addOption(new Option('--size <size>', 'try this size only').choices(sizes.map(({ size }) => size)))
    .option('--duration <time>', 'time of each size', time, 5_000)
    .option('--bytes <number>', 'bytes of an object', countFrom1, 256)
    .description('load a cluster with writes for a bounded time, and say which sizes of load it carries')
    .addHelpText('after', helpText())
    .action(async (flags: BenchFlags, command: Command) => {
      if (flags.duration > durationMostMs) throw new UsageError('--duration must be at most 10m');
      if (flags.bytes > bytesMost) throw new UsageError(`--bytes must be at most ${bytesMost}`);
      const wanted = sizes.filter(({ size }) => flags.size === undefined || flags.size === size);
      const run = async (
        client: Client,
        { output }: { output: Parameters<typeof printList>[1] },
        said: WriteOptions,
      ) => {
        const results = await bench(client, wanted, { flags, said, context });
        printList(context.streams, output, results, { name: ({ size, verdict }) => `${size} ${verdict}`, columns });
        if (output === 'table') explainTo(context, wanted, results);
        if (context.signal.aborted) exit(exitCodes.interrupted);
        else if (results[0]?.verdict !== 'pass') exit(exitCodes.failed);
      };
      await withClient(command, context, run, { waitForEnd: true });
    });
}

interface Run {
  readonly flags: BenchFlags;
  readonly said: WriteOptions;
  readonly context: Context;
}

/** Tries the sizes in turn, until one fails. The objects of all are attached to one lease, and are gone at the end. */
async function bench(client: Client, wanted: readonly Size[], run: Run): Promise<SizeResult[]> {
  const { context, flags, said } = run;
  const { streams, screen, signal, clock = systemClock } = context;
  const lease = await client.grantLease({ ttlMs: leaseTtlMs, holder: 'skep bench' }, said);
  let renewal = clock.schedule(leaseTtlMs / 3, renew);
  function renew() {
    renewal = clock.schedule(leaseTtlMs / 3, renew);
    client.keepAlive([lease]).catch(() => undefined); // the writes report what is wrong
  }
  const results: SizeResult[] = [];
  try {
    const objects = new Objects(client, lease, flags.bytes);
    for (const size of wanted) {
      streams.err(`${size.size}: ${size.perSecond} writes/s for ${formatDuration(flags.duration)}\n`);
      await objects.add(size.writers);
      const result = await measured(size, objects, run);
      if (signal.aborted) break;
      results.push(result);
      if (result.verdict === 'fail') break;
    }
  } finally {
    renewal();
    screen?.show([]);
    await client.revokeLease(lease, said);
  }
  return results;
}

async function measured(size: Size, objects: Objects, { context, flags }: Run): Promise<SizeResult> {
  const { screen, signal, clock = systemClock } = context;
  const before = process.cpuUsage();
  let shownAt = -Infinity;
  const loaded = await offerLoad({
    perSecond: size.perSecond,
    durationMs: flags.duration,
    slots: size.writers,
    request: (slot) => objects.write(slot),
    clock,
    signal,
    onProgress: (elapsedMs, done) => {
      if (elapsedMs - shownAt < 100) return;
      shownAt = elapsedMs;
      screen?.show([`${size.size}  ${barOf(elapsedMs, flags.duration)}  ${done} writes`]);
    },
  });
  const { user, system } = process.cpuUsage(before);
  return judge(size, loaded, loaded.elapsedMs > 0 ? (user + system) / 1_000 / loaded.elapsedMs : 0);
}

/** Objects that the load replaces, one for each write that is under way. */
class Objects {
  readonly #ids: string[] = [];
  readonly #path = `skep-bench/${newId(systemRandom)}`;
  #writes = 0;

  constructor(
    readonly client: Client,
    readonly lease: string,
    readonly bytes: number,
  ) {}

  /** Adds objects until there are so many. */
  async add(count: number): Promise<void> {
    const made = Array.from({ length: count - this.#ids.length }, async () => {
      const { id } = await this.client.create('entries', this.#body());
      return id;
    });
    this.#ids.push(...(await Promise.all(made)));
  }

  async write(slot: number): Promise<void> {
    const { [slot]: id = '' } = this.#ids;
    await this.client.update('entries', { id, ...this.#body() });
  }

  #body() {
    const address = `${++this.#writes} `.padEnd(this.bytes, 'x');
    return { path: this.#path, address, lease: this.lease };
  }
}

const ms = (value: number | null) => (value === null ? '-' : `${value} ms`);
const columns: Columns<SizeResult> = [
  ['SIZE', ({ size }) => size],
  ['WANTED', ({ perSecond }) => `${perSecond}/s`],
  ['ANSWERED', ({ rate }) => `${rate}/s`],
  ['P50', ({ p50Ms }) => ms(p50Ms)],
  ['P90', ({ p90Ms }) => ms(p90Ms)],
  ['P99', ({ p99Ms }) => ms(p99Ms)],
  ['SLOWEST', ({ maxMs }) => ms(maxMs)],
  ['VERDICT', ({ verdict }) => verdict],
];

/** Says why a size failed, what was not tried, and where the figures say nothing of the cluster. */
function explainTo({ streams }: Context, wanted: readonly Size[], results: readonly SizeResult[]): void {
  for (const { size, because } of results)
    if (because.length > 0) streams.err(`${size} failed: ${because.join('; ')}\n`);
  const left = wanted.slice(results.length);
  if (left.length > 0) streams.err(`not tried: ${left.map(({ size }) => size).join(', ')}\n`);
  if (results.some(({ busy }) => busy > busyMuch))
    streams.err('this command was busy all the time: a cluster may carry more than it could send\n');
}

function helpText(): string {
  const rows = sizes.map(
    ({ size, perSecond, writers }) => `  ${size.padEnd(8)}${perSecond} writes/s, at most ${writers} at once`,
  );
  return `
Sizes, from small to large, until one fails:
${rows.join('\n')}

A size passes when 95 of 100 writes are answered in time, 99 of 100 within ${p99MostMs} ms, and none fails.
The objects are entries below skep-bench/, attached to one lease. They are removed at the end, also
after an interrupt; after a kill, the lease ends within a minute. The exit code is 1 when the first
size fails. The load takes turns with the users of the cluster, and pushes older changes out of its history.
`;
}
