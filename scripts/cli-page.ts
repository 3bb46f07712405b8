/** Makes docs/cli.md from the commands: what `--help` says of each. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { exits } from '../src/base/exits.js';
import { type CommandModel, programModel, type TermModel, withBelow, withoutGlobals } from './cli-model.js';

const inCell = (text: string) => text.replaceAll('|', '\\|');
const plain = (text: string) => inCell(text.replaceAll(/[<*`]/g, '\\$&'));
const anchor = (name: string) => name.replaceAll(' ', '-');

function table(heading: string, terms: readonly TermModel[]): string {
  const rows = terms.map(({ term, text }) => `| \`${inCell(term)}\` | ${plain(text)} |`);
  return `| ${heading} | |\n|---|---|\n${rows.join('\n')}\n`;
}

function section(command: CommandModel, level: string): string {
  const { name, usage, text, terms, global, commands } = command;
  const note = global ? '' : `\n\n${withoutGlobals(name)}`;
  const own = terms.length > 0 ? `\n\n${table('argument or option', terms).trimEnd()}` : '';
  const below = commands.length > 0 ? commands.map((one) => section(one, `${level}#`)) : [];
  const shown = commands.length > 0 ? '' : `\n\n\`\`\`\n${usage}\n\`\`\``;
  return [`${level} ${name}\n\n${sentence(text)}${note}${shown}${own}`, ...below].join('\n\n');
}

const sentence = (text: string) =>
  plain(`${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('?') ? '' : '.'}`);

/** Returns the page. */
export async function cliPage(): Promise<string> {
  const { options, commands } = await programModel();
  const list = commands.flatMap(withBelow).filter(({ commands: below }) => below.length === 0);
  const lines = list.map(({ name, text }) => `| [\`${name}\`](#${anchor(name)}) | ${plain(text)} |`);
  const codes = Object.values(exits).map(({ code, meaning }) => `| ${code} | ${meaning} |`);
  return `# Commands

Every command of \`skep\` with its arguments and options, as \`--help\` shows them. [command-line.md](command-line.md) explains how they
work together. \`man skep\` is the same text on a terminal.

| command | |
|---|---|
${lines.join('\n')}

## Options of all commands

${table('option', options)}
## Exit codes

| exit code | meaning |
|---|---|
${codes.join('\n')}

[errors.md](errors.md#exit-codes) has the next step for each.

${commands.map((one) => section(one, '##')).join('\n\n')}

Made by \`scripts/cli-page.ts\` from the commands in \`src/cli\`.
`;
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(join(import.meta.dirname, '../docs/cli.md'), await cliPage());
