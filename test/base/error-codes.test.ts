import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { DamageError } from '../../src/base/damage.js';
import { DirectoryError } from '../../src/base/directory-error.js';
import { type DirectoryCode, directoryCodes, errorCodes, grpcStatuses } from '../../src/base/error-codes.js';
import { exits } from '../../src/base/exits.js';
import { FileError } from '../../src/base/file-error.js';
import { ListenError } from '../../src/base/listening.js';
import { StoreError, storeErrorCodes } from '../../src/base/store-error.js';
import { errorsPage } from '../../scripts/errors-page.js';
import { exitCodeOf } from '../../src/cli/exit-codes.js';

const all = { ...errorCodes, ...directoryCodes };

/** Those that users rely on. More may come, none may go. */
const promised = [
  'ALREADY_EXISTS', 'NOT_FOUND', 'NAME_CONFLICT', 'SEQUENCE_CONFLICT', 'INVALID_FIND_BY', 'INVALID_OBJECT', 'TOO_LARGE',
  'NOT_LEADER', 'OUTCOME_UNKNOWN', 'WATCH_OVERFLOW', 'RESYNC', 'VERSION_COMPACTED', 'VERSION_AHEAD', 'ASYNC_CALLBACK',
  'TX_CLOSED', 'NOT_SUPPORTED', 'CLOSED',
]; // prettier-ignore

describe('the exit code of an error', () => {
  it.each(storeErrorCodes)('is that of its row: %s', (code) => {
    expect(exitCodeOf(new StoreError(code, 'no'))).toBe(exits[errorCodes[code].exit].code);
  });

  it.each(Object.keys(directoryCodes) as DirectoryCode[])('is that of its row: %s', (code) => {
    expect(exitCodeOf(new DirectoryError(code, 'no'))).toBe(exits[directoryCodes[code].exit].code);
  });

  it.each<[unknown, number]>([
    [new DamageError('the log ends early'), exits.invalid.code],
    [new ListenError('127.0.0.1:1', Object.assign(new Error('taken'), { code: 'EADDRINUSE' })), exits.failed.code],
    [new FileError('x cannot be read', { cause: { code: 'ENOENT' } }), exits.failed.code],
    [new StoreError('NOT_LEADER', 'silent', { cause: { code: 4 } }), exits.timeout.code],
    [new TypeError('no'), exits.failed.code],
    [undefined, exits.failed.code],
  ])('of %s is %d', (error, code) => expect(exitCodeOf(error)).toBe(code));

  it('goes with the code of the system where there is one', () => {
    const cause = Object.assign(new Error('listen'), { code: 'EADDRINUSE' });
    expect(new ListenError('127.0.0.1:1', cause)).toMatchObject({ name: 'ListenError', code: 'EADDRINUSE', cause });
    expect(new FileError('no', { cause: { code: 'ENOENT' } })).toMatchObject({ name: 'FileError', code: 'ENOENT' });
    expect(new FileError('no')).toMatchObject({ code: '' });
  });
});

describe('the table of error codes', () => {
  it.each(Object.entries(all))('says of %s what it means and what to do, each in one sentence', (_code, row) => {
    for (const text of [row.meaning, row.todo])
      expect(text).toMatch(/^[A-Z][^.!?]*[^.!?\s](\.{3}[^.!?]+)?\.$|details\./);
    expect(row.meaning).not.toBe(row.todo);
    expect(exits).toHaveProperty(row.exit);
  });

  it('gives no meaning to two codes, and no code two meanings', () => {
    const meanings = Object.values(all).map(({ meaning }) => meaning);
    expect(new Set(meanings).size).toBe(meanings.length);
    expect(Object.keys(directoryCodes).filter((code) => code in errorCodes)).toEqual([]);
  });

  it('has every code that was promised', () => {
    expect(storeErrorCodes).toEqual(expect.arrayContaining(promised));
  });

  it('has the numbers of gRPC, and uses each of its statuses', () => {
    for (const [name, number] of Object.entries(grpcStatuses)) expect(status).toHaveProperty(name, number);
    const used = new Set(Object.values(errorCodes).map((row) => row.status));
    expect([...used].sort()).toEqual(Object.keys(grpcStatuses).sort());
  });

  it('has a number of its own for each exit code', () => {
    const numbers = Object.values(exits).map(({ code }) => code);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('is shown by docs/errors.md: npm run generate would change nothing', () => {
    expect(readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8')).toBe(errorsPage());
  });
});
