import { type Command, InvalidArgumentError, Option } from 'commander';
import { onAbort } from '../../base/abort.js';
import { isAddress, splitHostPort } from '../../base/host-port.js';
import { aborted } from '../../base/waiting.js';
import {
  CatalogAgent,
  CatalogError,
  type CheckSpec,
  type Instance,
  type Registration,
  SkepCatalogBackend,
} from '../../catalog/index.js';
import type { Client } from '../../client/index.js';
import { instances } from '../../kinds/index.js';
import { pairs, time, wholeNumber } from '../arguments.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { collected } from '../discovery-flags.js';
import { type FollowFlag, printFollowed, withFollow } from '../follow-list.js';
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

interface FindFlags extends FollowFlag {
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
  const group = program.command('catalog').description('register services, and list or watch their instances');
  addRegister(group, context);
  addDeregister(group, context);
  addLs(group, context);
  addWatch(group, context);
}

function addRegister(group: Command, context: Context): void {
  group
    .command('register')
    .argument('<name>', 'name of the service')
    .argument('<host:port>', 'address of this instance', address)
    .option('--id <id>', 'id of the instance (default: a new one)')
    .option('--tag <tag>', 'tag of the instance (repeatable)', collected, [] as string[])
    .option('--meta <key=value>', 'metadata of the instance (repeatable)', pairs, {} as Record<string, string>)
    .option('--weight <n>', 'share of the load', wholeNumber, 1)
    .addOption(
      new Option('--ttl <time>', 'lifetime of the instance without a renewal').argParser(time).default(30_000, '30s'),
    )
    .option('--check-http <url>', 'passing while this URL answers 2xx (repeatable)', collected, [] as string[])
    .option('--check-tcp <host:port>', 'passing while this address accepts connections', collected, [] as string[])
    .option('--check-grpc <host:port>', 'passing while its health service says SERVING', collected, [] as string[])
    .addOption(new Option('--interval <time>', 'time between two checks').argParser(time).default(10_000, '10s'))
    .option('--log-level <level>', 'debug, info, warn, error', 'info')
    .description('register an instance, renew it until interrupted, then deregister it')
    .action(async (name: string, where: ReturnType<typeof address>, flags: RegisterFlags, command: Command) => {
      const logger = await context.logger(flags.logLevel);
      const register = async (client: Client, { output }: GlobalFlags) => {
        const agent = new CatalogAgent({ backend: new SkepCatalogBackend({ client }), ttlMs: flags.ttl, logger });
        try {
          const id = await agent.register(registrationOf(name, where, flags));
          printOne(context.streams, output, { id }, id);
          await aborted(context.signal);
        } finally {
          await agent.leave();
        }
      };
      await withClient(command, context, register, { waitForEnd: true });
    });
}

function addDeregister(group: Command, context: Context): void {
  group
    .command('deregister')
    .argument('<id...>', 'ids of instances')
    .description('remove instances; a running agent registers its own again')
    .action(async (ids: string[], _options, command: Command) => {
      await withClient(command, context, async (client, { output }, said) => {
        await client.apply(
          ids.map((id) => ({ op: 'remove', kind: instances.name, id }) as never),
          said,
        );
        printNames(
          context.streams,
          output,
          ids.map((id) => ({ id })),
          ({ id }) => id,
        );
      });
    });
}

function addLs(group: Command, context: Context): void {
  withFollow(group.command('ls'))
    .argument('[name]', 'only this service')
    .option('--tag <tag>', 'only instances with this tag (repeatable)', collected, [] as string[])
    .option('--passing', 'only instances that are passing')
    .description('list instances')
    .action(async (name: string | undefined, flags: FindFlags, command: Command) => {
      const { tag, passing = false } = flags;
      const print = async (client: Client, { output }: GlobalFlags) => {
        const found = await withAgent(client, async (agent) => {
          const names = name === undefined ? [...(await agent.services(...tag)).keys()] : [name];
          const lists = await Promise.all(names.map((one) => agent.service(one, ...tag).instances({ passing })));
          return lists.flat();
        });
        found.sort((a, b) => (a.name === b.name ? (a.id < b.id ? -1 : 1) : a.name < b.name ? -1 : 1));
        printList(context.streams, output, found, { columns, name: ({ id }) => id });
      };
      await printFollowed(command, context, flags, { print, kinds: () => [instances.name] });
    });
}

function addWatch(group: Command, context: Context): void {
  const { streams, signal } = context;
  group
    .command('watch')
    .argument('<name>', 'name of a service')
    .option('--tag <tag>', 'only instances with this tag (repeatable)', collected, [] as string[])
    .description('print each change of the instances as one line, until interrupted')
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

function registrationOf(
  name: string,
  { host: addr, port }: ReturnType<typeof address>,
  flags: RegisterFlags,
): Registration {
  const { tag: tags, meta, weight, id } = flags;
  return { name, addr, port, tags, meta, weight, checks: checksOf(flags), ...(id !== undefined && { id }) };
}

/** Runs `use` with an agent that only reads. */
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
  if (!isAddress(text, 1)) throw new InvalidArgumentError('an address is HOST:PORT, such as 10.0.0.1:80.');
  const { host, port } = splitHostPort(text);
  return { host, port: Number(port) };
}
