import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { openMember, skep } from '../support/cli-run.js';

let members: OpenReplica[];
let host: string;

beforeAll(async () => {
  const first = await openMember();
  const second = await openMember({ name: 'm2', join: [first.addr ?? ''] });
  members = [first, second];
  host = second.addr ?? '';
  await first.store.update((tx) => tx.nodes().create({}));
});
afterAll(() => Promise.all(members.map((member) => member.close())));

const byName = <T extends { name: string }>(list: readonly T[]): T[] =>
  [...list].sort((a, b) => a.name.localeCompare(b.name));
const answerOf = async () =>
  JSON.parse((await status('-o', 'json')).out) as { leader: string | null; members: { name: string }[] };
const status = (...args: string[]) => skep(['--host', host, 'status', ...args]);

describe('skep status', () => {
  it('has exactly the keys that are promised, asked of any member', async () => {
    const { code, out, err } = await status('-o', 'json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const answer = JSON.parse(out) as { members: object[] };
    expect(Object.keys(answer)).toEqual(['clusterId', 'lineage', 'leader', 'term', 'version', 'members', 'security']);
    for (const member of answer.members) {
      expect(Object.keys(member).sort()).toEqual(
        ['name', 'id', 'addr', 'role', 'leader', 'reachable', 'version', 'lastIndex', 'appliedIndex'].sort(),
      );
    }
  });

  it('says who leads and what everybody holds', async () => {
    await expect
      .poll(async () => byName((await answerOf()).members))
      .toMatchObject([
        { name: 'm1', addr: members[0]?.addr, role: 'voter', leader: true, reachable: true, version: 1 },
        { name: 'm2', addr: members[1]?.addr, role: 'voter', leader: false, reachable: true, version: 1 },
      ]);
    const answer = JSON.parse((await status('-o', 'json')).out) as Record<string, unknown>;
    const { clusterId, lineage, term } = members[0]?.status() ?? {};
    expect(answer).toMatchObject({ clusterId, lineage, term, leader: 'm1', version: 1 });
    expect(typeof (answer.members as { id: unknown }[])[0]?.id).toBe('string');
  });

  it('is a table for people, names for scripts, one line as ndjson', async () => {
    const { out } = await status();
    const [first, blank, heading, ...rest] = out.trimEnd().split('\n');
    const rows = rest.slice(0, rest.indexOf(''));
    expect(rest.at(-1)).toMatch(/^history: 1 transactions, .* back to version 0; watches here: \d+$/);
    expect(first).toMatch(/^cluster \S+, term \d+, version 1, led by m1$/);
    expect(blank).toBe('');
    expect(heading).toMatch(/^NAME +ADDR +ROLE +LEADER +REACHABLE +VERSION +LAST INDEX +APPLIED$/);
    expect(rows.map((row) => row.split(/ +/).slice(0, 3).join(' ')).sort()).toEqual([
      `m1 ${members[0]?.addr} voter`,
      `m2 ${host} voter`,
    ]);
    expect((await status('-o', 'name')).out.trimEnd().split('\n').sort()).toEqual(['m1', 'm2']);
    const { out: line } = await status('-o', 'ndjson');
    expect(line.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(line)).toMatchObject({ leader: 'm1' });
  });

  it('still answers without a quorum, and reads and writes say that there is none: 5', async () => {
    await members[0]?.close();
    await expect.poll(async () => (await answerOf()).leader, { timeout: 8_000 }).toBeNull();
    expect(byName((await answerOf()).members)).toMatchObject([
      { name: 'm1', reachable: false, leader: false },
      { name: 'm2', reachable: true, leader: false },
    ]);
    expect((await status()).out).toContain('no leader');
    for (const command of [['ls'], ['inspect', 'x'], ['rm', 'x']]) {
      const { code, out, err } = await skep(['--host', host, '--timeout', '1s', 'node', ...command]);
      expect({ code, out }).toEqual({ code: 5, out: '' });
      expect(err).toMatch(/^skep: QUORUM_LOST: /);
    }
  });
});
