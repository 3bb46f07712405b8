import { Command, Help } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandTable } from '../../src/cli/command-table.js';
import type { Context } from '../../src/cli/context.js';
import { kindNames } from '../../src/kinds/index.js';

// The commands only look at the context when they run.
const context = { env: {}, streams: {} } as unknown as Context;

describe('the table of commands', () => {
  it.each(commandTable.map((row) => ({ row, names: row.commands.map(([term]) => term.split(' ')[0]).join(' ') })))(
    'says of $names what their modules say',
    async ({ row: { commands, load } }) => {
      const program = new Command();
      (await load())(program, context, () => undefined);
      const help = new Help();
      expect(program.commands.map((one) => [help.subcommandTerm(one), one.description()])).toEqual(commands);
    },
  );

  it('has a command for every kind, and no name twice', () => {
    const names = commandTable.flatMap(({ commands }) => commands.map(([term]) => /^[^| ]+/.exec(term)?.[0]));
    expect(names).toEqual(expect.arrayContaining([...kindNames]));
    expect(new Set(names).size).toBe(names.length);
  });
});
