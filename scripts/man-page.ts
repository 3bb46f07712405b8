/** Makes man/skep.1 from the commands: what `--help` says of each, for `man skep`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { exits } from '../src/base/exits.js';
import { type CommandModel, programModel, type TermModel, withBelow, withoutGlobals } from './cli-model.js';

/** Text in the language of man pages: a line that begins with a point or a quotation mark would be an instruction. */
const roff = (text: string) => text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/, '\\&$&');
const bold = (text: string) => `.B ${roff(text).replaceAll('"', '\\(dq')}`;
const entry = (term: string, text: string) => `.TP\n${bold(term)}\n${roff(text)}`;
const entries = (terms: readonly TermModel[]) => terms.map(({ term, text }) => entry(term, text)).join('\n');

function section({ name, usage, text, terms, global, commands }: CommandModel): string {
  const parts = [
    `.SS ${roff(name)}`,
    `${roff(text.charAt(0).toUpperCase() + text.slice(1))}${text.endsWith('?') ? '' : '.'}`,
  ];
  if (!global) parts.push(roff(withoutGlobals(name)));
  if (commands.length === 0) parts.push(`.PP\n${bold(usage)}`);
  if (terms.length > 0) parts.push(entries(terms));
  return parts.join('\n');
}

/** Variables that every command reads. Those of a member are in the help of `skep manager`. */
const variables: readonly TermModel[] = [
  { term: 'SKEP_HOST', text: 'Members to ask, as --host.' },
  { term: 'SKEP_CONTEXT', text: 'Login to use, as --context.' },
  { term: 'SKEP_TOKEN_FILE, SKEP_CA_FILE', text: 'Token and CA of a program without a login.' },
  { term: 'SKEP_ACTOR', text: 'Author of changes, as --actor.' },
];

/** Returns the page. */
export async function manPage(): Promise<string> {
  const { text, options, commands } = await programModel();
  const codes = Object.values(exits).map(({ code, meaning }) => ({ term: String(code), text: `${meaning}.` }));
  return `.\\" Made by scripts/man-page.ts from the commands in src/cli.
.TH SKEP 1 "" "skep" "User Commands"
.SH NAME
skep \\- ${roff(text)}
.SH SYNOPSIS
.B skep
.RI [ options ]
.I command
.RI [ arguments ]
.SH DESCRIPTION
A cluster store: typed transactions in memory, replicated by raft, with a watch for every change. This page has every
command. The documentation of the package, docs/command\\-line.md, explains how they work together.
.SH OPTIONS OF ALL COMMANDS
${entries(options)}
.SH COMMANDS
${commands.flatMap(withBelow).map(section).join('\n')}
.SH ENVIRONMENT
${entries(variables)}
.SH EXIT STATUS
${entries(codes)}
`;
}

if (process.argv[1] === import.meta.filename) {
  const folder = join(import.meta.dirname, '../man');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'skep.1'), await manPage());
}
