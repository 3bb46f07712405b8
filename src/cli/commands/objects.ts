import { type Command, InvalidArgumentError } from 'commander';
import type { Client, IndexedValue, IndexWhere } from '../../client/index.js';
import { isKind, type Kind, kindNames, kindOf, type StoredObject } from '../../kinds/index.js';
import { countFrom1, type StaleFlag, withStale } from '../arguments.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { callable, findKind, findObject, nameOf, splitReference } from '../objects.js';
import { type Columns, printable, printList, printNames } from '../output.js';
import { addContent } from './content.js';
import { addNetworkCreate } from './network-create.js';

interface ListFlags extends StaleFlag {
  readonly where: readonly IndexWhere[];
  readonly limit?: number;
}

interface Reference {
  readonly kind: string;
  readonly id: string;
}

const referenceOf = ({ kind, id }: Reference) => `${kind}/${id}`;

/** `skep ls|inspect|rm|kinds`: objects of any kind, custom ones among them; and `skep node|service|… ls|inspect|rm`. */
export function addObjects(program: Command, context: Context): void {
  addAnyKind(program, context);
  for (const kind of kindNames) addKind(program, kind, context);
}

function addAnyKind(program: Command, context: Context): void {
  withStale(program.command('ls'))
    .argument('<kind>', 'e.g. jobs, nodes')
    .option('--where <index=value...>', 'only objects that this index finds; all must hold', where, [] as IndexWhere[])
    .option('--limit <n>', 'at most so many (default: all)', countFrom1)
    .description('list objects of any kind, custom ones among them')
    .action(async (given: string, { limit, stale = false, where: indexes }: ListFlags, command: Command) => {
      const list = async (client: Client, { output }: GlobalFlags) => {
        const kind = await findKind(client, given);
        const { objects } = await client.list(kind, { indexes }, { stale, ...(limit && { limit }) });
        const name = ({ id }: StoredObject) => referenceOf({ kind, id });
        printList(context.streams, output, objects, { name, columns: columnsOf(kind) });
      };
      await withClient(command, context, list, { leaderless: stale });
    });

  withStale(program.command('inspect'))
    .argument('<kind/id>', 'e.g. jobs/17, service/web: id, name, or the beginning of an id')
    .description('show one object of any kind')
    .action((reference: string, flags: StaleFlag, command: Command) =>
      show(command, context, flags, (client) => splitReference(client, reference), referenceOf),
    );

  program
    .command('rm')
    .argument('<kind/id...>', 'e.g. jobs/17, service/web: whole ids, or names')
    .description('remove objects of any kind, all or none')
    .action((references: string[], _options, command: Command) =>
      remove(command, context, references, splitReference, referenceOf),
    );

  program
    .command('kinds')
    .description('list the kinds of objects, with the number and bytes of each')
    .action(async (_options, command: Command) => {
      const list = async (client: Client, { output }: GlobalFlags) => {
        printList(context.streams, output, await client.kinds(), {
          name: ({ kind }) => kind,
          columns: [
            ['KIND', ({ kind }) => kind],
            ['PLURAL', ({ plural }) => plural],
            ['OBJECTS', ({ objects }) => objects],
            ['BYTES', ({ bytes }) => bytes],
            ['INDEXES', ({ indexes }) => indexes.join(' ')],
          ],
        });
      };
      await withClient(command, context, list, { leaderless: true });
    });
}

function addKind(program: Command, kind: Kind, context: Context): void {
  const { plural } = kindOf(kind);
  const group = program.command(kind).description(`list, show and remove ${plural}`);
  if (kind === 'secret' || kind === 'config') addContent(group, kind, context);
  if (kind === 'network') addNetworkCreate(group, context);

  withStale(group.command('ls'))
    .description(`list ${plural}`)
    .action(async ({ stale = false }: StaleFlag, command: Command) => {
      const list = async (client: Client, { output }: GlobalFlags) => {
        const { objects } = await client.list(kind, undefined, { stale });
        const name = callable(kind, objects);
        printList<StoredObject>(context.streams, output, byName(kind, objects), { name, columns: columnsOf(kind) });
      };
      await withClient(command, context, list, { leaderless: stale });
    });

  withStale(group.command('inspect'))
    .argument('<id>', 'id, name, or the beginning of an id')
    .description(`show one of the ${plural}`)
    .action((id: string, flags: StaleFlag, command: Command) =>
      show(
        command,
        context,
        flags,
        () => ({ kind, id }),
        (object) => nameOf(kind, object) || object.id,
      ),
    );

  group
    .command('rm')
    .argument('<id...>', 'whole ids, or names')
    .description(`remove ${plural}, all or none`)
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

/** Prints the one object that is meant. `labelOf` says what `-o name` prints. */
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

/** Removes all of the objects that are meant, in one transaction, and prints them. */
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

/** The columns of a table of this kind; of a custom one its fields, as far as they fit. */
function columnsOf(kind: string): Columns<StoredObject> {
  return [
    ['ID', ({ id }) => id],
    ...(isKind(kind)
      ? [['NAME', (object: StoredObject) => nameOf(kind, object)] as const, ...kindOf(kind).columns]
      : [['FIELDS', fieldsOf] as const]),
    ['VERSION', ({ meta }) => meta.version],
  ];
}

/** In the order that people look for them. */
function byName(kind: Kind, objects: readonly StoredObject[]): StoredObject[] {
  const keyed = objects.map((object) => ({ object, key: nameOf(kind, object) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ object }) => object);
}

const widthMax = 80;

/** The fields of an object in one line, cut where it grows long. */
function fieldsOf({ id: _id, meta: _meta, ...fields }: StoredObject): string {
  const text = JSON.stringify(fields);
  return text.length > widthMax ? `${text.slice(0, widthMax - 1)}…` : text;
}

/** `queue=mail`; a number or true or false where it reads like one, unless it is in quotes. */
function where(text: string, before: IndexWhere[] = []): IndexWhere[] {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError('a condition is INDEX=VALUE.');
  return [...before, { index: text.slice(0, at), is: valueOf(text.slice(at + 1)) }];
}

function valueOf(text: string): IndexedValue {
  if (/^".*"$/.test(text)) return text.slice(1, -1);
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
