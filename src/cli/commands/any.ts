import { InvalidArgumentError, type Command } from 'commander';
import type { Client, IndexedValue, IndexWhere } from '../../client/index.js';
import { isKind, type StoredObject } from '../../state/index.js';
import { countFrom1, withStale, type StaleFlag } from '../arguments.js';
import { withClient, type Context, type GlobalFlags } from '../context.js';
import { findKind, findObject, nameOf, splitReference } from '../objects.js';
import { printable, printList, printNames } from '../output.js';

interface ListFlags extends StaleFlag {
  readonly where: readonly IndexWhere[];
  readonly limit?: number;
}

/** `skep ls|inspect|rm|kinds`: objects of any kind, those of one's own among them. */
export function addAny(program: Command, context: Context): void {
  const { streams } = context;

  withStale(program.command('ls'))
    .argument('<kind>', 'e.g. jobs, nodes')
    .option('--where <index=value...>', 'only objects that this index finds; all must hold', where, [] as IndexWhere[])
    .option('--limit <n>', 'at most so many (default: all)', countFrom1)
    .description('list objects of any kind, those of your own among them')
    .action(async (given: string, flags: ListFlags, command: Command) => {
      const { limit, stale = false } = flags;
      const list = async (client: Client, { output }: GlobalFlags) => {
        const kind = await findKind(client, given);
        const { objects } = await client.list(kind, { indexes: flags.where }, { stale, ...(limit && { limit }) });
        printList(streams, output, objects, {
          name: ({ id }) => `${kind}/${id}`,
          columns: [
            ['ID', ({ id }) => id],
            ...(isKind(kind) ? [['NAME', (object: StoredObject) => nameOf(kind, object)] as const] : []),
            ...(isKind(kind) ? [] : [['FIELDS', fieldsOf] as const]),
            ['VERSION', ({ meta }) => meta.version],
          ],
        });
      };
      await withClient(command, context, list, { leaderless: stale });
    });

  withStale(program.command('inspect'))
    .argument('<kind/id>', 'e.g. jobs/17, service/web: id, name, or the beginning of an id')
    .description('show one object of any kind')
    .action(async (reference: string, { stale = false }: StaleFlag, command: Command) => {
      const show = async (client: Client, { output }: GlobalFlags) => {
        const { kind, id } = await splitReference(client, reference);
        const object = await findObject(client, kind, id, { stale });
        if (output === 'name') streams.out(`${printable(`${kind}/${object.id}`)}\n`);
        else streams.out(`${output === 'ndjson' ? JSON.stringify(object) : JSON.stringify(object, null, 2)}\n`);
      };
      await withClient(command, context, show, { leaderless: stale });
    });

  program
    .command('rm')
    .argument('<kind/id...>', 'e.g. jobs/17, service/web: whole ids, or names')
    .description('remove objects of any kind, all or none')
    .action(async (references: string[], _options, command: Command) => {
      await withClient(command, context, async (client, { output }, said) => {
        const found: { kind: string; id: string }[] = [];
        for (const reference of references) {
          const { kind, id: given } = await splitReference(client, reference);
          const { id } = await findObject(client, kind, given, { whole: true });
          if (!found.some((one) => one.kind === kind && one.id === id)) found.push({ kind, id });
        }
        await client.apply(
          found.map(({ kind, id }) => ({ op: 'remove', kind, id }) as never),
          said,
        );
        printNames(streams, output, found, ({ kind, id }) => `${kind}/${id}`);
      });
    });

  program
    .command('kinds')
    .description('list the kinds of objects, and how much there is of each')
    .action(async (_options, command: Command) => {
      const list = async (client: Client, { output }: GlobalFlags) => {
        printList(streams, output, await client.kinds(), {
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
