import type { Command } from 'commander';
import { countFrom1, wholeNumber } from '../arguments.js';
import { type Context, withClient } from '../context.js';
import { UsageError } from '../exit-codes.js';
import { readInput } from '../input.js';
import { keyIn, pairsUnder, putPair, removePairs } from '../kv.js';
import { printNames, printOne } from '../output.js';

/** `skep put` and `skep del`: texts under keys. `skep get` reads them. */
export function addKv(program: Command, context: Context): void {
  addPut(program, context);
  addDel(program, context);
}

function addPut(program: Command, context: Context): void {
  program
    .command('put')
    .argument('<key>', 'such as app/port')
    .argument('<value>', 'text; - reads it from standard input')
    .option('--if-version <n>', 'only while the key has this version; 0: only when it does not exist', wholeNumber)
    .description('write a text under a key, and print its version')
    .action(async (given: string, text: string, { ifVersion }: { ifVersion?: number }, command: Command) => {
      const value = text === '-' ? (await readInput('-')).toString() : text;
      await withClient(command, context, async (client, { output }, said) => {
        const key = await keyIn(client, given);
        const stored = await putPair(client, { key, value, ifVersion }, said);
        const { version } = stored.meta;
        const shown = output === 'name' ? `kv/${key}` : String(version);
        printOne(context.streams, output, { key, version }, shown);
      });
    });
}

function addDel(program: Command, context: Context): void {
  program
    .command('del')
    .argument('<key...>', 'such as app/port')
    .option('--prefix', 'all keys that begin with this')
    .option('--if-version <n>', 'only while the key has this version', countFrom1)
    .description('remove keys with their texts in one transaction')
    .action(async (given: string[], flags: { prefix?: boolean; ifVersion?: number }, command: Command) => {
      const { prefix = false, ifVersion } = flags;
      if (ifVersion !== undefined && (prefix || given.length > 1))
        throw new UsageError('--if-version is for one key; remove the others without it');
      await withClient(command, context, async (client, { output }, said) => {
        const keys = new Set<string>();
        for (const one of given) {
          if (prefix) for (const { id } of await pairsUnder(client, one)) keys.add(id);
          else keys.add(await keyIn(client, one));
        }
        if (keys.size > 0) await removePairs(client, [...keys], { ...said, ifVersion });
        printNames(
          context.streams,
          output,
          [...keys].map((key) => ({ key })),
          ({ key }) => (output === 'name' ? `kv/${key}` : key),
        );
      });
    });
}
