import type { Command } from 'commander';
import type { Client } from '../../client/index.js';
import {
  type DriverBody,
  drivers,
  type EngineBody,
  engines,
  isHeld,
  type Node,
  type Stored,
} from '../../kinds/index.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { type FollowFlag, printFollowed, withFollow } from '../follow-list.js';
import { printable, printList, printNames, printOne } from '../output.js';

/** An engine with its node and its driver, as `skep fleet ls -o json` prints it. */
interface EngineRow {
  readonly addr: string;
  readonly engineId: string;
  readonly node: string | null;
  readonly hostname: string | null;
  readonly engine: EngineBody['state'];
  readonly state: Node['status']['state'] | null;
  readonly held: boolean;
  readonly listed: boolean;
  readonly driver: string | null;
  readonly failures: number;
  readonly apiVersion: string;
  readonly error: string;
}

interface Fleet {
  readonly rows: readonly EngineRow[];
  readonly live: readonly Stored<DriverBody>[];
}

/** `skep fleet ls|status|resume`: the engines that managers drive. */
export function addFleet(program: Command, context: Context): void {
  const group = program.command('fleet').description('show the Docker engines that managers drive');
  addLs(group, context);
  addStatus(group, context);
  addResume(group, context);
}

function addLs(group: Command, context: Context): void {
  withFollow(group.command('ls'))
    .description('list the engines with their states, drivers and errors')
    .action(async (flags: FollowFlag, command: Command) => {
      const print = async (client: Client, { output }: GlobalFlags) => {
        const { rows } = await readFleet(client);
        printList(context.streams, output, rows, {
          name: ({ addr }) => addr,
          columns: [
            ['ADDR', ({ addr }) => addr],
            ['NODE', ({ hostname, node }) => hostname ?? node ?? ''],
            ['ENGINE', ({ engine, listed }) => (listed ? engine : `${engine}, not in discovery`)],
            ['STATE', ({ state, held }) => (held ? `${state}, held` : (state ?? ''))],
            ['DRIVER', ({ driver }) => driver ?? ''],
            ['API', ({ apiVersion }) => apiVersion],
            ['ERROR', ({ error }) => error],
          ],
        });
      };
      await printFollowed(command, context, flags, { print, kinds: () => [engines.name, drivers.name, 'node'] });
    });
}

function addStatus(group: Command, context: Context): void {
  group
    .command('status')
    .description('count the engines, their drivers, and the nodes that are held')
    .action(async (_options, command: Command) => {
      const show = async (client: Client, { output }: GlobalFlags) => {
        const { rows, live } = await readFleet(client);
        const drives = (name: string) => rows.filter(({ driver }) => driver === name).length;
        const status = {
          engines: rows.length,
          healthy: rows.filter(({ engine }) => engine === 'healthy').length,
          held: rows.filter(({ held }) => held).map(({ addr }) => addr),
          undriven: rows.filter(({ driver }) => driver === null).map(({ addr }) => addr),
          managers: live.map(({ name, addr, ingress }) => ({ name, addr, engines: drives(name), ingress })),
        };
        if (output === 'json' || output === 'ndjson') printOne(context.streams, output, status, '');
        else for (const line of textOf(status)) context.streams.out(`${printable(line)}\n`);
      };
      await withClient(command, context, show);
    });
}

function addResume(group: Command, context: Context): void {
  group
    .command('resume')
    .description('give up the nodes that are held because most were silent at once: their tasks move')
    .action(async (_options, command: Command) => {
      const resume = async (client: Client, { output }: GlobalFlags, said: object) => {
        const nodes = await client.resumeFleet(said);
        if (nodes.length === 0 && output === 'table') context.streams.err('skep: no node is held\n');
        else printNames(context.streams, output, nodes.map((id) => ({ id })), ({ id }) => `node/${id}`); // prettier-ignore
      };
      await withClient(command, context, resume);
    });
}

async function readFleet(client: Client): Promise<Fleet> {
  const [all, nodes, live] = await Promise.all([client.list(engines), client.list('node'), client.list(drivers)]);
  const nodeOf = new Map(nodes.objects.map((node) => [node.id, node]));
  const driverOf = new Map(live.objects.map((driver) => [driver.id, driver]));
  const rows = all.objects.map((engine): EngineRow => {
    const node = nodeOf.get(engine.nodeId);
    return {
      addr: engine.addr,
      engineId: engine.engineId,
      node: node?.id ?? null,
      hostname: node?.description?.hostname ?? null,
      engine: engine.state,
      state: node?.status.state ?? null,
      held: node !== undefined && isHeld(node),
      listed: engine.listed,
      driver: driverOf.get(engine.want)?.name ?? null,
      failures: engine.failures,
      apiVersion: engine.apiVersion,
      error: engine.error,
    };
  });
  const byNumbers = new Intl.Collator('en', { numeric: true });
  return { rows: rows.sort((a, b) => byNumbers.compare(a.addr, b.addr)), live: live.objects };
}

function textOf(status: {
  readonly engines: number;
  readonly healthy: number;
  readonly held: readonly string[];
  readonly undriven: readonly string[];
  readonly managers: readonly { readonly name: string; readonly engines: number; readonly ingress: string }[];
}): string[] {
  const { engines: count, healthy, held, undriven, managers } = status;
  const shares = managers.map(({ name, engines: driven }) => `${name} ${driven}`).join(', ');
  const publishing = managers.filter(({ ingress }) => ingress !== '');
  return [
    `${count} ${count === 1 ? 'engine' : 'engines'}, ${healthy} healthy`,
    managers.length > 0 ? `driven by ${shares}` : 'no manager drives engines: start one with --fleet',
    ...(publishing.length > 0
      ? [`ingress ports are published at ${publishing.map(({ name, ingress }) => `${ingress} (${name})`).join(', ')}`]
      : []),
    ...(undriven.length > 0 ? [`no manager reaches ${undriven.join(', ')}`] : []),
    ...(held.length > 0
      ? [
          `held: ${held.join(', ')}; most nodes went silent at once, which is a sign of a broken network`,
          'their tasks stay until they answer; "skep fleet resume" gives them up',
        ]
      : []),
  ];
}
