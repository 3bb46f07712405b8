/** Makes docs/errors.md from the table of error codes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { directoryCodes, errorCodes, grpcStatuses, type StoreErrorRow } from '../src/base/error-codes.js';
import { type ExitName, exits } from '../src/base/exits.js';

const rows: readonly (readonly [string, StoreErrorRow])[] = Object.entries(errorCodes);

function storeRows(): string[] {
  return rows.map(
    ([code, { meaning, todo, status, exit }]) =>
      `| \`${code}\` | ${meaning} | ${todo} | ${status} | ${exits[exit].code} |`,
  );
}

function directoryRows(): string[] {
  return Object.entries(directoryCodes).map(
    ([code, { meaning, todo, exit }]) => `| \`${code}\` | ${meaning} | ${todo} | ${exits[exit].code} |`,
  );
}

function statusRows(): string[] {
  return Object.entries(grpcStatuses).map(([name, number]) => {
    const codes = rows.filter(([, { status }]) => status === name).map(([code]) => `\`${code}\``);
    return `| ${number} | ${name} | ${codes.join(', ')} |`;
  });
}

function exitRows(): string[] {
  const all = [...rows, ...Object.entries(directoryCodes)];
  return Object.entries(exits).map(([name, { code, meaning, todo }]) => {
    const codes = all.filter(([, { exit }]) => exit === (name as ExitName)).map(([one]) => `\`${one}\``);
    return `| ${code} | ${meaning} | ${todo} | ${codes.join(', ')} |`;
  });
}

export function errorsPage(): string {
  return `# Errors

Every error that skep makes on purpose has a \`code\`. A program branches on the code and never on the message: codes stay, messages
are for people and may change.

## The store, the client and members

A \`StoreError\` has one of these codes. \`isStoreError(error, 'NOT_LEADER')\` asks for one, and \`errorCodes\` has this
table. \`details\` has facts beside the code: \`version\`, \`path\`, \`leader\`, \`unreached\` and \`acknowledged\`. Over gRPC the code is in the
trailer \`skep-error-code\`, and each detail in one of its own, such as \`skep-error-path\`.

| code | meaning | what to do | gRPC status | exit code |
|---|---|---|---|---|
${storeRows().join('\n')}

A member that finds damage on its own disk ends with a \`DamageError\`, whose code is \`DAMAGED\` too.

## Data directories

\`openReplica\` throws a \`DirectoryError\` with one of these codes when a directory cannot be used and is not damaged. Nothing in it was
changed.

| code | meaning | what to do | exit code |
|---|---|---|---|
${directoryRows().join('\n')}

A \`ListenError\` says that an address cannot be listened on, and a \`FileError\` that a file cannot be read or written. Both have
the code of the system, such as \`EADDRINUSE\` or \`ENOENT\`. Mistakes in the arguments of a call are a \`TypeError\` or a \`RangeError\`. Discovery and the
catalogue have errors of their own: [discovery.md](discovery.md), [catalog.md](catalog.md).

## Exit codes

Every command of \`skep\` ends with one of these.

| exit code | meaning | what to do | codes |
|---|---|---|---|
${exitRows().join('\n')}

A call that got no answer in time exits with ${exits.timeout.code}, whatever its code. \`skep lock\` and \`skep elect\` exit as their command does:
127 when there is no such command, 126 when it may not be run, 128 + n for signal n.

## gRPC statuses

| number | status | codes |
|---|---|---|
${statusRows().join('\n')}

An error without a trailer is gRPC's own: no member was reached, the connection broke, or the time was up.

Made by \`scripts/errors-page.ts\` from \`src/base/error-codes.ts\` and \`src/base/exits.ts\`.
`;
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(join(import.meta.dirname, '../docs/errors.md'), errorsPage());
