import type { Command } from 'commander';
import { type StaleFlag, withStale } from '../arguments.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { kindIn, type Pair, pairsUnder, readPair } from '../kv.js';
import { findObject, splitReference } from '../objects.js';
import { type Columns, printList } from '../output.js';
import { yamlText } from '../yaml-text.js';

const pairColumns: Columns<Pair> = [
  ['KEY', ({ id }) => id],
  ['VALUE', ({ value }) => value],
  ['VERSION', ({ meta }) => meta.version],
];

/** `skep get KIND/ID`: an object as a document that `skep apply` takes. `skep get KEY`: the text under a key. */
export function addGet(program: Command, context: Context): void {
  const { streams } = context;
  withStale(program.command('get'))
    .argument('<kind/id>', 'such as service/web: id, name, or the beginning of an id; or a key of skep put')
    .option('--prefix', 'list all keys that begin with this')
    .description('print an object as a document that skep apply takes, or the text under a key')
    .action(async (reference: string, flags: StaleFlag & { prefix?: boolean }, command: Command) => {
      const { stale = false, prefix = false } = flags;
      await withClient(
        command,
        context,
        async (client, { output }) => {
          if (prefix) {
            const pairs = await pairsUnder(client, reference, { stale });
            printList(streams, output, pairs, { name: ({ id }) => `kv/${id}`, columns: pairColumns });
            return;
          }
          const named = await kindIn(client, reference);
          // A key is printed as it is, for scripts; every other format has the object.
          if (!named && output === 'table') {
            streams.out(`${(await readPair(client, reference, { stale })).value}\n`);
            return;
          }
          const { kind, id } = named ? await splitReference(client, reference) : { kind: 'kv', id: reference };
          const found = named ? await findObject(client, kind, id, { stale }) : await readPair(client, id, { stale });
          streams.out(documentText({ kind, ...found }, output));
        },
        { leaderless: stale },
      );
    });
}

function documentText(document: { readonly kind: string; readonly id: string }, output: GlobalFlags['output']): string {
  if (output === 'json') return `${JSON.stringify(document, null, 2)}\n`;
  if (output === 'ndjson') return `${JSON.stringify(document)}\n`;
  return output === 'name' ? `${document.kind}/${document.id}\n` : yamlText(document);
}
