import { type Command, InvalidArgumentError, Option } from 'commander';
import { onAbort } from '../../base/abort.js';
import { isAddress, splitHostPort } from '../../base/host-port.js';
import { aborted } from '../../base/waiting.js';
import { CatalogAgent, CatalogError, type CheckSpec, type Instance, SkepCatalogBackend } from '../../catalog/index.js';
import type { Client } from '../../client/index.js';
import { instances } from '../../kinds/index.js';
import { pairs, time, wholeNumber } from '../arguments.js';
import { type Context, withClient } from '../context.js';
import { collected } from '../discovery-flags.js';
import { type Columns, printList, printNames, printOne } from '../output.js';

interface RegisterFlags {
  readonly id?: string;
  readonly tag: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  readonly weight: number;
  readonly ttl: number;
  readonly checkHttp: readonly string[];
  readonly checkTcp: readonly string[];
  readonly checkGrpc: readonly string[];
  readonly interval: number;
  readonly logLevel: string;
}

interface FindFlags {
  readonly tag: readonly string[];
  readonly passing?: boolean;
}

const columns: Columns<Instance> = [
  ['ID', ({ id }) => id],
  ['SERVICE', ({ name }) => name],
  ['ADDR', (instance) => instance.addr()],
  ['HEALTH', ({ health, lost }) => (lost ? `${health} (lost)` : health)],
  ['TAGS', ({ tags }) => tags.join(' ')],
];

/** `skep catalog register|deregister|ls|watch`. */
export function addCatalog(program: Command, context: Context): void {
  const { streams, signal } = context;
  const group = program.command('catalog').description('the service catalogue: which services run where');

  group
    .command('register')
    .argument('<name>', 'of the service')
    .argument('<host:port>', 'where this instance is reached', address)
    .option('--id <id>', 'of the instance (default: made up)')
    .option('--tag <tag>', 'may be given more than once', collected, [] as string[])
    .option('--meta <key=value>', 'may be given more than once', pairs, {} as Record<string, string>)
    .option('--weight <n>', 'share of the load', wholeNumber, 1)
    .addOption(
      new Option('--ttl <time>', 'remove it when it is not renewed for this long')
        .argParser(time)
        .default(30_000, '30s'),
    )
    .option(
      '--check-http <url>',
      'passing while it answers 2xx; may be given more than once',
      collected,
      [] as string[],
    )
    .option('--check-tcp <host:port>', 'passing while it takes connections', collected, [] as string[])
    .option('--check-grpc <host:port>', 'passing while its health service says SERVING', collected, [] as string[])
    .addOption(new Option('--interval <time>', 'between two checks').argParser(time).default(10_000, '10s'))
    .option('--log-level <level>', 'debug, info, warn, error', 'info')
    .description('register an instance and keep it registered, until interrupted; then take it back')
    .action(async (name: string, where: ReturnType<typeof address>, flags: RegisterFlags, command: Command) => {
      const logger = await context.logger(flags.logLevel);
      await withClient(
        command,
        context,
        async (client, { output }) => {
          const agent = new CatalogAgent({ backend: new SkepCatalogBackend({ client }), ttlMs: flags.ttl, logger });
          try {
            const { tag: tags, meta, weight, id } = flags;
            const checks = checksOf(flags);
            const registration = { name, addr: where.host, port: where.port, tags, meta, weight, checks };
            const made = await agent.register({ ...registration, ...(id !== undefined && { id }) });
            printOne(streams, output, { id: made }, made);
            await aborted(signal);
          } finally {
            await agent.leave();
          }
        },
        { waitForEnd: true },
      );
    });

  group
    .command('deregister')
    .argument('<id...>', 'of instances')
    .description('remove instances; one whose agent lives comes back when its agent registers it again')
    .action(async (ids: string[], _options, command: Command) => {
      await withClient(command, context, async (client, { output }, said) => {
        await client.apply(
          ids.map((id) => ({ op: 'remove', kind: instances.name, id }) as never),
          said,
        );
        printNames(
          streams,
          output,
          ids.map((id) => ({ id })),
          ({ id }) => id,
        );
      });
    });

  group
    .command('ls')
    .argument('[name]', 'only this service')
    .option('--tag <tag>', 'only instances with all of these', collected, [] as string[])
    .option('--passing', 'only those whose health is passing')
    .description('list instances')
    .action(async (name: string | undefined, { tag, passing = false }: FindFlags, command: Command) => {
      await withClient(command, context, async (client, { output }) => {
        const found = await withAgent(client, async (agent) => {
          const names = name === undefined ? [...(await agent.services(...tag)).keys()] : [name];
          const lists = await Promise.all(names.map((one) => agent.service(one, ...tag).instances({ passing })));
          return lists.flat();
        });
        found.sort((a, b) => (a.name === b.name ? (a.id < b.id ? -1 : 1) : a.name < b.name ? -1 : 1));
        printList(streams, output, found, { columns, name: ({ id }) => id });
      });
    });

  group
    .command('watch')
    .argument('<name>', 'of a service')
    .option('--tag <tag>', 'only instances with all of these', collected, [] as string[])
    .description('print who comes, changes and goes, one event a line, until interrupted')
    .action(async (name: string, { tag }: FindFlags, command: Command) => {
      await withClient(command, context, async (client) => {
        await withAgent(client, async (agent) => {
          const watcher = agent.service(name, ...tag).watch();
          onAbort(signal, () => watcher.close());
          try {
            for await (const events of watcher) for (const event of events) streams.out(`${JSON.stringify(event)}\n`);
          } catch (error) {
            if (!(error instanceof CatalogError && error.code === 'WATCHER_CLOSED')) throw error;
          }
        });
      });
    });
}

/** An agent that registers nothing: for looking. */
async function withAgent<T>(client: Client, use: (agent: CatalogAgent) => Promise<T>): Promise<T> {
  const agent = new CatalogAgent({ backend: new SkepCatalogBackend({ client }) });
  try {
    return await use(agent);
  } finally {
    await agent.leave();
  }
}

function checksOf({ checkHttp, checkTcp, checkGrpc, interval: intervalMs }: RegisterFlags): CheckSpec[] {
  return [
    ...checkHttp.map((url) => ({ kind: 'http' as const, name: url, url, intervalMs })),
    ...checkTcp.map((addr) => ({ kind: 'tcp' as const, name: addr, addr, intervalMs })),
    ...checkGrpc.map((addr) => ({ kind: 'grpc' as const, name: `grpc ${addr}`, addr, intervalMs })),
  ];
}

function address(text: string): { readonly host: string; readonly port: number } {
  if (!isAddress(text, 1)) throw new InvalidArgumentError('an address is HOST:PORT, like 10.0.0.1:80.');
  const { host, port } = splitHostPort(text);
  return { host, port: Number(port) };
}
