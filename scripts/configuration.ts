/** Makes docs/configuration.md and docs/skep.yaml from the table of settings. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { flagName, variableName } from '../src/settings/names.js';
import { defaultText, managerTable, memberTable, replicaTable, type Setting } from '../src/settings/table.js';

const options: Readonly<Record<string, Setting>> = { ...memberTable, ...replicaTable };
const taken = new Set<string>(managerTable.map(([name]) => name));

const code = (text: string | undefined) => (text === undefined ? '' : `\`${text}\``);

function managerRows(): string[] {
  return managerTable.map(([name, row]) => {
    const variable = row.flagOnly === undefined ? code(variableName(name)) : 'only a flag';
    const value = row.absent ?? code(defaultText(row));
    return `| \`${flagName(name)}\` | ${variable} | ${name in options ? code(name) : ''} | ${value} | ${row.help} |`;
  });
}

function libraryRows(): string[] {
  const own = Object.entries(options).filter(([name]) => !taken.has(name));
  return own.map(([name, { default: value }]) => {
    const plain = typeof value === 'number' ? String(value) : undefined;
    return `| \`${name}\` | ${code(plain)} |`;
  });
}

/** Returns a file with every setting; those that a member needs are set. */
export function sampleFile(): string {
  const set: readonly string[] = ['name', 'dataDir', 'listenAddr', 'peers'];
  const entries = managerTable
    .filter(([, { flagOnly }]) => flagOnly === undefined)
    .map(([name, row]) => {
      const text = defaultText(row);
      const line = `${flagName(name)}: ${row.example}`;
      return `# ${row.help}${text === undefined ? '' : ` (default: ${text})`}\n${set.includes(name) ? line : `# ${line}`}\n`;
    });
  return `# Settings of a member: skep manager --config skep.yaml. Made by scripts/configuration.ts.\n\n${entries.join('\n')}`;
}

export function configurationPage(): string {
  return `# Configuration

A member has the same settings everywhere. A program gives them as options of \`openReplica\`; \`skep manager\` reads them from flags,
variables and a file:

\`\`\`sh
skep manager --name m1 --data-dir /var/lib/skep
SKEP_NAME=m1 SKEP_DATA_DIR=/var/lib/skep skep manager
skep manager --config skep.yaml
\`\`\`

\`skep manager\` takes each value from the first of these places that has one:

1. the flag, such as \`--data-dir\`;
2. the environment variable, such as \`SKEP_DATA_DIR\`; an empty variable counts as unset;
3. the file of \`--config FILE\` or \`SKEP_CONFIG\`;
4. the default.

| flag, and key in the file | variable | option of \`openReplica\` | default of \`skep manager\` | |
|---|---|---|---|---|
${managerRows().join('\n')}

The name of a time ends in its unit. Commas separate the items of a list in a variable or after a flag; a flag may also be repeated.
\`kinds\` takes modules here and definitions in the library. Paths are relative to the working directory.

## The file

The file is YAML. Its keys are the names of the flags without \`--\`; switches are \`true\` or \`false\`.
[skep.yaml](skep.yaml) lists all of them.

\`\`\`yaml
name: m1
data-dir: /var/lib/skep
listen: 10.0.0.1:4242
peers: [10.0.0.1:4242, 10.0.0.2:4242, 10.0.0.3:4242]
\`\`\`

An unknown key, a wrong type or a bad value is an error with file, line and column. The manager does not start (exit code 2):

\`\`\`text
error: skep.yaml:2:1: there is no setting "dataDir"; did you mean "data-dir"?
\`\`\`

\`--force-new-cluster\` is only a flag: from a file, each start would make another new cluster.

## Before a start

\`skep manager --check-config\` checks the settings from all sources, loads the modules of kinds, and starts nothing. It prints \`ok\` (exit
code 0) or all errors (2).

\`skep manager --explain-config\` prints each setting with its value and its source; \`-o json\` prints JSON:

\`\`\`text
SETTING              VALUE           FROM
name                 m1              skep.yaml:1:1
listen               127.0.0.1:4242  default
heartbeat-ms         50              --heartbeat-ms
log-level            warn            SKEP_LOG_LEVEL
\`\`\`

## Only in the library

These options of \`openReplica\` have neither flag nor variable. Their docstrings describe them.

| option | default |
|---|---|
${libraryRows().join('\n')}

\`scripts/configuration.ts\` makes this page from \`src/settings/table.ts\`.
`;
}

if (process.argv[1] === import.meta.filename) {
  const docs = join(import.meta.dirname, '../docs');
  writeFileSync(join(docs, 'configuration.md'), configurationPage());
  writeFileSync(join(docs, 'skep.yaml'), sampleFile());
}
