import type { Command } from 'commander';
import { resolvedFile, resolvedText } from '../../compose/index.js';
import { type ComposeFlags, readStack, withComposeFlags } from '../compose-files.js';
import type { Context } from '../context.js';

export function addCompose(program: Command, context: Context): void {
  const compose = program.command('compose').description('read Compose files');
  withComposeFlags(compose.command('config'))
    .description('check Compose files, and print them as one')
    .action(async (file: string | undefined, flags: ComposeFlags, command: Command) => {
      const resolved = resolvedFile(await readStack(file, flags, { command, context }));
      const { output } = command.optsWithGlobals<{ output: string }>();
      const json = output === 'json' || output === 'ndjson';
      const text = output === 'json' ? JSON.stringify(resolved, undefined, 2) : JSON.stringify(resolved);
      context.streams.out(json ? `${text}\n` : resolvedText(resolved));
    });
}
