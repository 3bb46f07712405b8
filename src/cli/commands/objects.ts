import { type Command, InvalidArgumentError } from 'commander';
import type { Client, IndexedValue, IndexWhere } from '../../client/index.js';
import { isKind, type Kind, kindNames, kindOf, type StoredObject } from '../../kinds/index.js';
import { countFrom1, type StaleFlag, withStale } from '../arguments.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { type FollowFlag, printFollowed, printPolled, withFollow } from '../follow-list.js';
import { callable, findKind, findObject, nameOf, splitReference } from '../objects.js';
import { type Columns, printable, printList, printNames, table } from '../output.js';
import { taskColumns } from '../services/list-columns.js';
import { addContent } from './content.js';
import { addNetworkCreate } from './network-create.js';
import { addNode } from './node.js';
import { addService } from './service.js';

interface ListFlags extends FollowFlag {
  readonly where: readonly IndexWhere[];
  readonly limit?: number;
}

interface Reference {
  readonly kind: string;
  readonly id: string;
}

type KindUse = Awaited<ReturnType<Client['kinds']>>[number];

const kindColumns: Columns<KindUse> = [
  ['KIND', ({ kind }) => kind],
  ['PLURAL', ({ plural }) => plural],
  ['OBJECTS', ({ objects }) => objects],
  ['BYTES', ({ bytes }) => bytes],
  ['INDEXES', ({ indexes }) => indexes.join(' ')],
];

const referenceOf = ({ kind, id }: Reference) => `${kind}/${id}`;

/** `skep ls|inspect|rm|kinds`: objects of any kind, also custom kinds; and `skep node|service|… ls|inspect|rm`. */
export function addObjects(program: Command, context: Context, exit: (code: number) => void): void {
  addAnyKind(program, context);
  for (const kind of kindNames) addKind(program, kind, context, exit);
}

function addAnyKind(program: Command, context: Context): void {
  withFollow(withStale(program.command('ls')))
    .argument('<kind>', 'such as jobs or nodes')
    .option(
      '--where <index=value...>',
      'only objects with this value in an index; several conditions must all match',
      where,
      [] as IndexWhere[],
    )
    .option('--limit <n>', 'maximum number of objects (default: all)', countFrom1)
    .description('list objects of any kind, also custom kinds')
    .action(async (given: string, flags: ListFlags, command: Command) => {
      const { limit, stale = false, where: indexes } = flags;
      const print = async (client: Client, { output }: GlobalFlags) => {
        const kind = await findKind(client, given);
        const { objects } = await client.list(kind, { indexes }, { stale, ...(limit && { limit }) });
        const name = ({ id }: StoredObject) => referenceOf({ kind, id });
        printList(context.streams, output, objects, { name, columns: columnsOf(kind) });
      };
      const kinds = async (client: Client) => [await findKind(client, given)];
      await printFollowed(command, context, flags, { print, kinds });
    });

  withStale(program.command('inspect'))
    .argument('<kind/id>', 'such as jobs/17 or service/web: id, name, or the beginning of an id')
    .description('show one object of any kind')
    .action((reference: string, flags: StaleFlag, command: Command) =>
      show(command, context, flags, (client) => splitReference(client, reference), referenceOf),
    );

  program
    .command('rm')
    .argument('<kind/id...>', 'such as jobs/17 or service/web: complete ids or names')
    .description('remove objects of any kind in one transaction')
    .action((references: string[], _options, command: Command) =>
      remove(command, context, references, splitReference, referenceOf),
    );

  withFollow(program.command('kinds'))
    .description('list the kinds, with the number and bytes of their objects')
    .action(async (flags: FollowFlag, command: Command) => {
      const print = (kinds: readonly KindUse[], { output }: GlobalFlags) =>
        printList(context.streams, output, kinds, { name: ({ kind }) => kind, columns: kindColumns });
      const read = (client: Client) => client.kinds();
      const textOf = (kinds: readonly KindUse[]) => table(kinds, kindColumns);
      await printPolled(command, context, flags, { read, textOf, print });
    });
}

function addKind(program: Command, kind: Kind, context: Context, exit: (code: number) => void): void {
  const { plural } = kindOf(kind);
  const group = program.command(kind).description(`list, show and remove ${plural}`);
  if (kind === 'secret' || kind === 'config') addContent(group, kind, context);
  if (kind === 'network') addNetworkCreate(group, context);
  if (kind === 'service') addService(group, context, exit);
  if (kind === 'node') addNode(group, context, exit);
  else addKindRm(group, kind, context);

  withFollow(withStale(group.command('ls')))
    .description(`list ${plural}`)
    .action(async (flags: FollowFlag, command: Command) => {
      const { stale = false } = flags;
      const print = async (client: Client, { output }: GlobalFlags) => {
        const { objects } = await client.list(kind, undefined, { stale });
        const name = callable(kind, objects);
        const more = output === 'table' ? await taskColumns(client, kind, { stale }) : [];
        printList<StoredObject>(context.streams, output, byName(kind, objects), {
          name,
          columns: columnsOf(kind, more),
        });
      };
      await printFollowed(command, context, flags, { print, kinds: () => [kind] });
    });

  withStale(group.command('inspect'))
    .argument('<id>', 'id, name, or the beginning of an id')
    .description(`show one ${kind}`)
    .action((id: string, flags: StaleFlag, command: Command) =>
      show(
        command,
        context,
        flags,
        () => ({ kind, id }),
        (object) => nameOf(kind, object) || object.id,
      ),
    );
}

function addKindRm(group: Command, kind: Kind, context: Context): void {
  const { plural } = kindOf(kind);
  group
    .command('rm')
    .argument('<id...>', 'complete ids or names')
    .description(`remove ${plural} in one transaction`)
    .action((ids: string[], _options, command: Command) =>
      remove(
        command,
        context,
        ids,
        (_client, id) => ({ kind, id }),
        ({ id }) => id,
      ),
    );
}

/** Prints the one object that matches. `labelOf` makes the output of `-o name`. */
async function show(
  command: Command,
  context: Context,
  { stale = false }: StaleFlag,
  reference: (client: Client) => Reference | Promise<Reference>,
  labelOf: (object: StoredObject & Reference) => string,
): Promise<void> {
  const print = async (client: Client, { output }: GlobalFlags) => {
    const { kind, id } = await reference(client);
    const object = await findObject(client, kind, id, { stale });
    const text =
      output === 'name'
        ? printable(labelOf({ ...object, kind }))
        : JSON.stringify(object, null, output === 'ndjson' ? undefined : 2);
    context.streams.out(`${text}\n`);
  };
  await withClient(command, context, print, { leaderless: stale });
}

/** Removes the named objects in one transaction, and prints them. */
async function remove(
  command: Command,
  context: Context,
  given: readonly string[],
  referenceIn: (client: Client, given: string) => Reference | Promise<Reference>,
  labelOf: (reference: Reference) => string,
): Promise<void> {
  await withClient(command, context, async (client, { output }, said) => {
    const found = new Map<string, Reference>();
    for (const one of given) {
      const { kind, id: wanted } = await referenceIn(client, one);
      const { id } = await findObject(client, kind, wanted, { whole: true });
      found.set(referenceOf({ kind, id }), { kind, id });
    }
    const references = [...found.values()];
    await client.apply(
      references.map((reference) => ({ op: 'remove', ...reference })),
      said,
    );
    printNames(context.streams, output, references, labelOf);
  });
}

/** Returns the columns of a kind; those of a custom kind show its fields, as far as they fit. */
function columnsOf(kind: string, more: Columns<StoredObject> = []): Columns<StoredObject> {
  return [
    ['ID', ({ id }) => id],
    ...(isKind(kind)
      ? [['NAME', (object: StoredObject) => nameOf(kind, object)] as const, ...kindOf(kind).columns]
      : [['FIELDS', fieldsOf] as const]),
    ...more,
    ['VERSION', ({ meta }) => meta.version],
  ];
}

/** Sorts by name, as people look for them. */
function byName(kind: Kind, objects: readonly StoredObject[]): StoredObject[] {
  const keyed = objects.map((object) => ({ object, key: nameOf(kind, object) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ object }) => object);
}

const widthMax = 80;

/** Writes the fields of an object in one line, cut at the maximum width. */
function fieldsOf({ id: _id, meta: _meta, ...fields }: StoredObject): string {
  const text = JSON.stringify(fields);
  return text.length > widthMax ? `${text.slice(0, widthMax - 1)}…` : text;
}

/** Reads `queue=mail`. A value that looks like a number, true or false is one, unless it is in quotes. */
function where(text: string, before: IndexWhere[] = []): IndexWhere[] {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError('Give INDEX=VALUE.');
  return [...before, { index: text.slice(0, at), is: valueOf(text.slice(at + 1)) }];
}

function valueOf(text: string): IndexedValue {
  if (/^".*"$/.test(text)) return text.slice(1, -1);
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
