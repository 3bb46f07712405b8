import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuditHead, nextLine, noHead } from '../../src/audit/index.js';
import { anchors } from '../../src/kinds/index.js';
import { skep } from '../support/cli-run.js';
import { SecureCluster } from '../support/secure-cluster.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-au-'));
const file = join(folder, 'audit.log');
const cluster = new SecureCluster();
let head: AuditHead = noHead;

beforeAll(async () => {
  await cluster.begin({ dataDir: join(folder, 'm1') });
  const id = String(cluster.member.status().id);
  const entries = [
    { event: 'start', member: id, name: 'm1' },
    { event: 'denied', method: 'Control/Get', identity: 'user/eve', code: 'DENIED', why: 'no \u001b[31mright' },
    { event: 'write', version: 7, actor: 'user/ann', changes: { 'create node': ['n1'] } },
  ] as const;
  let text = '';
  for (const entry of entries) {
    const next = nextLine(head, 0, entry);
    text += `${next.text}\n`;
    ({ head } = next);
  }
  writeFileSync(file, text);
  await cluster.member.store.update((tx) => tx.kind(anchors).create({ id, ...head }));
});
afterAll(async () => {
  await cluster.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('skep audit', () => {
  const verify = (...args: string[]) => skep(['audit', 'verify', ...args]);
  const atCluster = ['--host', `unix:${join(folder, 'm1', 'run', 'control.sock')}`, '--cluster'];

  it('says that a file is whole, and that the cluster knows it', async () => {
    expect(await verify(file)).toMatchObject({ code: 0, out: 'whole: 3 lines, up to line 3\n' });
    const { code, out } = await verify(...atCluster, file);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^whole: .*knows line 3 since .*same\n$/) });
  });

  it('shows a changed line, and ends with another code', async () => {
    const changed = join(folder, 'changed.log');
    writeFileSync(changed, readFileSync(file, 'utf8').replace('user/eve', 'user/bob'));
    const { code, out } = await verify(changed, '-o', 'json');
    expect(code).not.toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      problems: [`the line before ${changed}:3 was changed: its hash is another`],
    });
  });

  it('shows a file that was written anew only with the cluster', async () => {
    const anew = join(folder, 'anew.log');
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, 2);
    writeFileSync(anew, `${lines.join('\n')}\n`);
    expect(await verify(anew)).toMatchObject({ code: 0 });
    const { code, out } = await verify(...atCluster, anew);
    expect(code).not.toBe(0);
    expect(out).toContain('the cluster knows line 3');
  });

  it('shows the last lines for people, and no control characters', async () => {
    const { out } = await skep(['audit', 'tail', file, '-n', '2']);
    expect(out.split('\n')).toHaveLength(3);
    expect(out).toContain('denied user/eve method=Control/Get code=DENIED why=no');
    expect(out).toContain('write user/ann version=7 changes={"create node":["n1"]}');
    expect(out).not.toContain('\u001b');
  });

  it('says which file cannot be read', async () => {
    const { code, err } = await verify(join(folder, 'none'));
    expect(code).not.toBe(0);
    expect(err).toContain(join(folder, 'none'));
  });
});
