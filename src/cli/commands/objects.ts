import type { Command } from 'commander';
import type { Client } from '../../client/index.js';
import {
  kindNames,
  kindOf,
  StoreError,
  type AnyObject,
  type Kind,
  type Node,
  type Service,
  type Task,
} from '../../state/index.js';
import { withClient, type Context } from '../context.js';
import { printList, type Columns } from '../output.js';

const nameOf = (kind: Kind, object: AnyObject) => kindOf(kind).nameOf(object);
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
  network: [['DRIVER', (network) => ('driverConfig' in network.spec ? network.spec.driverConfig?.name : '')]],
  cluster: [],
};

/** `skep node|service|task|network|cluster ls|inspect|rm`. */
export function addObjects(program: Command, context: Context): void {
  for (const kind of kindNames) addKind(program, kind, context);
}

function addKind(program: Command, kind: Kind, context: Context): void {
  const { streams } = context;
  const { plural } = kindOf(kind);
  const group = program.command(kind).description(`list, show and remove ${plural}`);

  group
    .command('ls')
    .description(`list ${plural}`)
    .action(async (_options, command: Command) => {
      await withClient(command, context, async (client, { output }) => {
        const { objects } = await client.list(kind);
        const columns: Columns<AnyObject> = [
          ['ID', ({ id }) => id],
          ['NAME', (object) => nameOf(kind, object)],
          ...more[kind],
          ['VERSION', ({ meta }) => meta.version],
        ];
        printList(streams, output, byName(kind, objects), {
          columns,
          name: (object) => nameOf(kind, object) || object.id,
        });
      });
    });

  group
    .command('inspect')
    .argument('<id>', 'id, name, or the beginning of an id')
    .description(`show one of the ${plural}`)
    .action(async (id: string, _options, command: Command) => {
      await withClient(command, context, async (client, { output }) => {
        const object = await find(client, kind, id);
        if (output === 'name') streams.out(`${nameOf(kind, object) || object.id}\n`);
        else streams.out(`${output === 'ndjson' ? JSON.stringify(object) : JSON.stringify(object, null, 2)}\n`);
      });
    });

  group
    .command('rm')
    .argument('<id...>', 'ids, names, or beginnings of ids')
    .description(`remove ${plural}, all or none`)
    .action(async (ids: string[], _options, command: Command) => {
      await withClient(command, context, async (client) => {
        const objects: AnyObject[] = [];
        for (const id of ids) {
          const found = await find(client, kind, id);
          if (!objects.some((object) => object.id === found.id)) objects.push(found);
        }
        await client.apply(objects.map((object) => ({ op: 'remove', kind, id: object.id }) as never));
        for (const object of objects) streams.out(`${object.id}\n`);
      });
    });
}

/** In the order that people look for them. */
function byName(kind: Kind, objects: readonly AnyObject[]): AnyObject[] {
  const keyed = objects.map((object) => ({ object, key: nameOf(kind, object) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ object }) => object);
}

/** By id, else by name, else by the beginning of an id. Exactly one must fit. */
async function find(client: Client, kind: Kind, given: string): Promise<AnyObject> {
  const none = { ids: [], idPrefixes: [], names: [], namePrefixes: [] };
  for (const filter of [
    { ...none, ids: [given] },
    { ...none, names: [given] },
    ...(given === '' ? [] : [{ ...none, idPrefixes: [given] }]), // every id begins with nothing
  ]) {
    const { objects } = await client.list(kind, filter);
    const [first, second] = objects as readonly AnyObject[];
    if (second)
      throw new StoreError(
        'INVALID_OBJECT',
        `"${given}" fits ${objects.length} ${kindOf(kind).plural}: give more of the id`,
      );
    if (first) return first;
  }
  throw new StoreError('NOT_FOUND', `there is no ${kind} "${given}"`);
}
