import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { directoryCodes, errorCodes, grpcStatuses } from '../../src/base/error-codes.js';
import { exits } from '../../src/base/exits.js';
import { storeErrorCodes } from '../../src/base/store-error.js';
import { errorsPage } from '../../scripts/errors-page.js';

const all = { ...errorCodes, ...directoryCodes };

/** Those that users rely on. More may come, none may go. */
const promised = [
  'ALREADY_EXISTS', 'NOT_FOUND', 'NAME_CONFLICT', 'SEQUENCE_CONFLICT', 'INVALID_FIND_BY', 'INVALID_OBJECT', 'TOO_LARGE',
  'NOT_LEADER', 'OUTCOME_UNKNOWN', 'WATCH_OVERFLOW', 'RESYNC', 'VERSION_COMPACTED', 'VERSION_AHEAD', 'ASYNC_CALLBACK',
  'TX_CLOSED', 'NOT_SUPPORTED', 'CLOSED',
]; // prettier-ignore

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
