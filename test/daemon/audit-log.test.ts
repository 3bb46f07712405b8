import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { type Logger, silentLogger } from '../../src/base/log.js';
import { type AuditHead, AuditVerifier, noHead } from '../../src/audit/index.js';
import { AuditLog, type AuditPlace } from '../../src/daemon/audit-log.js';
import { AuditFile, lastVersionIn } from '../../src/daemon/audit-place.js';
import { until } from '../support/network-wait.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-audit-'));
let made = 0;
const newPath = () => join(folder, `audit-${++made}.log`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (place: AuditPlace, more: { strict?: boolean; logger?: Logger } = {}) =>
  new AuditLog({
    place,
    clock: systemClock,
    logger: silentLogger,
    strict: false,
    member: { member: '17', name: 'm1' },
    ...more,
  });

async function session(path: string, count: number, anchor?: AuditHead): Promise<AuditHead> {
  const log = open(new AuditFile(path));
  await log.begin(anchor);
  for (let version = 1; version <= count; version++) log.note({ event: 'write', version });
  await log.close();
  return log.head;
}

function report(...paths: string[]) {
  const verifier = new AuditVerifier();
  for (const path of paths)
    for (const [i, line] of readFileSync(path, 'utf8').trimEnd().split('\n').entries())
      verifier.take(line, `${path}:${i + 1}`);
  return verifier.report();
}

describe('the audit of a member', () => {
  it('goes on behind what a file has', async () => {
    const path = newPath();
    await session(path, 3);
    await session(path, 2);
    expect(report(path)).toMatchObject({ lines: 9, problems: [], notes: [], member: '17' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await lastVersionIn(path)).toBe(2);
    expect(await lastVersionIn(join(folder, 'none'))).toBeUndefined();
  });

  it('goes on behind a line that was cut', async () => {
    const path = newPath();
    await session(path, 2);
    appendFileSync(path, '{"line":5,"pre');
    await session(path, 1);
    const found = report(path);
    expect(found).toMatchObject({ problems: [], head: { line: 7 } });
    expect(found.notes.join()).toContain('a line was cut');
  });

  it('goes on in a new file when the old one was moved', async () => {
    const path = newPath();
    const log = open(new AuditFile(path));
    await log.begin(undefined);
    log.note({ event: 'write', version: 1 });
    await until('it is written', () => log.head.line === 2);
    renameSync(path, `${path}.1`);
    log.note({ event: 'write', version: 2 });
    await log.close();
    expect(readFileSync(path, 'utf8')).toContain('"event":"continue"');
    expect(report(`${path}.1`, path)).toMatchObject({ lines: 5, problems: [], notes: [] });
  });

  it('goes on from the head that the cluster knows where the file is gone', async () => {
    const path = newPath();
    await session(path, 1, { line: 41, hash: 'a'.repeat(64) });
    expect(readFileSync(path, 'utf8')).toMatch(/^\{"line":42,"prev":"a{64}".*"resumed":"anchor"/);
  });

  it('loses nothing and repeats nothing when a write fails half way', async () => {
    const path = newPath();
    const file = new AuditFile(path);
    let failing = true;
    const place: AuditPlace = {
      name: path,
      open: () => file.open(),
      moved: () => file.moved(),
      close: () => file.close(),
      async append(text) {
        if (!failing) return file.append(text);
        failing = false;
        const whole = text.indexOf('\n') + 1;
        await file.append(text.slice(0, whole + 10)); // one line, and a piece of the next
        throw Object.assign(new TypeError('no space left'), { code: 'ENOSPC' });
      },
    };
    const log = open(place);
    log.note({ event: 'write', version: 1 });
    log.note({ event: 'write', version: 2 });
    await log.begin(undefined);
    await until('it is written', () => log.head.line === 3);
    await log.close();
    const lines = readFileSync(path, 'utf8');
    for (const version of [1, 2]) expect(lines.split(`"version":${version}}`)).toHaveLength(2);
    expect(report(path).problems).toEqual([]);
  });

  it('says aloud that it cannot be written, and counts what finds no room', async () => {
    const errors: string[] = [];
    const logger: Logger = { ...silentLogger, error: (message) => errors.push(message) };
    const path = join(newPath(), 'missing', 'audit.log');
    const log = open(new AuditFile(path), { logger });
    await log.begin(undefined);
    log.note({ event: 'write' });
    await until('it has failed', () => errors.length === 1);
    expect(errors[0]).toContain('THE AUDIT CANNOT BE WRITTEN');
    expect(() => log.mustBeWritable()).not.toThrow();
    for (let i = 0; i < 10_005; i++) log.note({ event: 'write' });
    await log.close();
    expect(log.head).toEqual(noHead);
  });

  it('refuses writes meanwhile when it is strict, and takes them again', async () => {
    const path = newPath();
    writeFileSync(path, '');
    const file = new AuditFile(path);
    let full = false;
    const place: AuditPlace = {
      name: path,
      open: () => file.open(),
      moved: () => file.moved(),
      close: () => file.close(),
      append: (text) => (full ? Promise.reject(new TypeError('no space left')) : file.append(text)),
    };
    const log = open(place, { strict: true });
    await log.begin(undefined);
    expect(() => log.mustBeWritable()).not.toThrow();
    full = true;
    log.note({ event: 'write' });
    const blocked = () => {
      try {
        log.mustBeWritable();
        return false;
      } catch (error) {
        expect(error).toMatchObject({ code: 'AUDIT_BLOCKED' });
        return true;
      }
    };
    await until('it blocks', blocked);
    full = false;
    await until('it takes writes again', () => !blocked());
    await log.close();
    expect(report(path).problems).toEqual([]);
    await expect(open(new AuditFile(join(path, 'x')), { strict: true }).begin(undefined)).rejects.toThrow();
  });
});
