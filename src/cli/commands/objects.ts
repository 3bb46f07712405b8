import type { Command } from 'commander';
import type { Client } from '../../client/index.js';
import {
  kindNames,
  kindOf,
  type AnyObject,
  type Kind,
  type Network,
  type Node,
  type Service,
  type StoredObject,
  type Task,
  type Volume,
} from '../../state/index.js';
import { withStale, type StaleFlag } from '../arguments.js';
import { withClient, type Context, type GlobalFlags } from '../context.js';
import { callable, findObject, nameOf } from '../objects.js';
import { printable, printList, printNames, type Columns } from '../output.js';
import { addContent } from './content.js';
import { addNetworkCreate } from './network-create.js';

const modeOf = ({ spec: { mode } }: Service) =>
  'replicated' in mode ? `replicated ${mode.replicated.replicas}` : 'global';

/** What a table says of an object beside its id and name. */
const more: { readonly [K in Kind]: Columns<AnyObject> } = {
  node: [
    ['ROLE', (node) => (node as Node).role],
    ['STATE', (node) => (node as Node).status.state],
    ['AVAILABILITY', (node) => (node as Node).spec.availability],
  ],
  service: [
    ['MODE', (service) => modeOf(service as Service)],
    ['IMAGE', (service) => (service as Service).spec.task.container?.image],
  ],
  task: [
    ['NODE', (task) => (task as Task).nodeId],
    ['DESIRED', (task) => (task as Task).desiredState],
    ['STATE', (task) => (task as Task).status.state],
  ],
  network: [['DRIVER', (network) => (network as Network).spec.driverConfig?.name]],
  cluster: [],
  secret: [],
  config: [],
  volume: [
    ['DRIVER', (volume) => (volume as Volume).spec.driver?.name],
    ['GROUP', (volume) => (volume as Volume).spec.group],
    ['AVAILABILITY', (volume) => (volume as Volume).spec.availability],
  ],
};

/** `skep node|service|… ls|inspect|rm`. */
export function addObjects(program: Command, context: Context): void {
  for (const kind of kindNames) addKind(program, kind, context);
}

function addKind(program: Command, kind: Kind, context: Context): void {
  const { streams } = context;
  const { plural } = kindOf(kind);
  const group = program.command(kind).description(`list, show and remove ${plural}`);
  if (kind === 'secret' || kind === 'config') addContent(group, kind, context);
  if (kind === 'network') addNetworkCreate(group, context);

  withStale(group.command('ls'))
    .description(`list ${plural}`)
    .action(async ({ stale = false }: StaleFlag, command: Command) => {
      const list = async (client: Client, { output }: GlobalFlags) => {
        const { objects } = await client.list(kind, undefined, { stale });
        const columns: Columns<AnyObject> = [
          ['ID', ({ id }) => id],
          ['NAME', (object) => nameOf(kind, object)],
          ...more[kind],
          ['VERSION', ({ meta }) => meta.version],
        ];
        printList(streams, output, byName(kind, objects), {
          columns,
          name: callable(kind, objects),
        });
      };
      await withClient(command, context, list, { leaderless: stale });
    });

  withStale(group.command('inspect'))
    .argument('<id>', 'id, name, or the beginning of an id')
    .description(`show one of the ${plural}`)
    .action(async (id: string, { stale = false }: StaleFlag, command: Command) => {
      const show = async (client: Client, { output }: GlobalFlags) => {
        const object = await findObject(client, kind, id, { stale });
        if (output === 'name') streams.out(`${printable(nameOf(kind, object) || object.id)}\n`);
        else streams.out(`${output === 'ndjson' ? JSON.stringify(object) : JSON.stringify(object, null, 2)}\n`);
      };
      await withClient(command, context, show, { leaderless: stale });
    });

  group
    .command('rm')
    .argument('<id...>', 'whole ids, or names')
    .description(`remove ${plural}, all or none`)
    .action(async (ids: string[], _options, command: Command) => {
      await withClient(command, context, async (client, { output }, said) => {
        const objects: StoredObject[] = [];
        for (const id of ids) {
          const found = await findObject(client, kind, id, { whole: true });
          if (!objects.some((object) => object.id === found.id)) objects.push(found);
        }
        await client.apply(
          objects.map((object) => ({ op: 'remove', kind, id: object.id }) as never),
          said,
        );
        printNames(
          streams,
          output,
          objects.map(({ id }) => ({ kind, id })),
          ({ id }) => id,
        );
      });
    });
}

/** In the order that people look for them. */
function byName(kind: Kind, objects: readonly AnyObject[]): AnyObject[] {
  const keyed = objects.map((object) => ({ object, key: nameOf(kind, object) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ object }) => object);
}
