import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/base/clock.js';
import { silentLogger } from '../../src/base/log.js';
import { type AuditEntry, type AuditHead, lineHash } from '../../src/audit/index.js';
import type { AuditLog } from '../../src/daemon/audit-log.js';
import { MemberAudit } from '../../src/daemon/member-audit.js';
import { anchors, systemKinds } from '../../src/kinds/index.js';
import type { Replica } from '../../src/replica/index.js';
import { MemoryStore } from '../../src/state/index.js';
import { until } from '../support/network-wait.js';

/** A store with an audit that follows it, and a minute that passes when a test says so. */
function audited(after?: number, store = new MemoryStore({ kinds: [...systemKinds] })) {
  const lines: AuditEntry[] = [];
  const stored: AuditHead[] = [];
  let minute: (() => void) | undefined;
  let fails = false;
  const log = {
    note: (entry: AuditEntry) => lines.push(entry),
    get head() {
      return { line: lines.length, hash: lineHash(JSON.stringify(lines)) };
    },
    close: () => Promise.resolve(),
  };
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    schedule: (_ms, run) => {
      minute = run;
      return () => (minute = undefined);
    },
  };
  const audit = new MemberAudit({
    log: log as unknown as AuditLog,
    replica: { store } as unknown as Replica,
    clock,
    logger: silentLogger,
    after,
    anchor: async (head) => {
      if (fails) throw new TypeError('no leader');
      stored.push(head);
      await store.update((tx) => void tx.kind(anchors).create({ id: String(stored.length), ...head }));
    },
  });
  return {
    audit,
    store,
    lines,
    stored,
    failing: (now: boolean) => (fails = now),
    pass: async () => {
      const run = minute;
      minute = undefined;
      run?.();
      await until('the next minute is waited for', () => minute !== undefined);
    },
  };
}

const node = (store: MemoryStore, id: string) =>
  store.update((tx) => void tx.nodes().create({ id }), { actor: 'ann', reason: 'why' });

describe('the audit of a store', () => {
  it('has a line for each transaction, without what is in the objects', async () => {
    const { store, lines } = audited();
    await store.update(
      (tx) => {
        for (let i = 0; i < 103; i++) tx.nodes().create({ id: `n${i}`, description: { hostname: 'inside' } });
        tx.networks().create({ id: 'net', spec: { annotations: { name: 'x' } } });
      },
      { actor: 'ann', reason: 'many' },
    );
    await node(store, 'last');
    expect(lines).toMatchObject([
      { event: 'write', version: 1, actor: 'ann', reason: 'many', more: { 'create node': 3 } },
      { event: 'write', version: 2, changes: { 'create node': ['last'] } },
    ]);
    expect((lines[0]?.changes as Record<string, string[]>)['create node']).toHaveLength(100);
    expect(JSON.stringify(lines)).not.toContain('inside');
  });

  it('catches up on what was committed while it did not run, and says what it cannot know', async () => {
    const first = new MemoryStore({ kinds: [...systemKinds], history: { transactions: 3 } });
    for (const id of ['a', 'b', 'c', 'd', 'e']) await node(first, id);
    const { lines } = audited(1, first);
    expect(lines.map(({ event, version, from, to }) => [event, version ?? from, to])).toEqual([
      ['gap', 2, 2],
      ['write', 3, undefined],
      ['write', 4, undefined],
      ['write', 5, undefined],
    ]);
    expect(audited(undefined, first).lines).toEqual([]);
  });

  it('stores its head each minute in which something happened beside that', async () => {
    const { store, stored, pass, audit } = audited();
    await node(store, 'a');
    await pass();
    expect(stored.map(({ line }) => line)).toEqual([1]);
    await pass();
    await pass();
    expect(stored).toHaveLength(1);
    await node(store, 'b');
    await pass();
    expect(stored.map(({ line }) => line)).toEqual([1, 3]);
    await audit.close();
  });

  it('tries again when the head was not stored', async () => {
    const { store, stored, pass, failing } = audited();
    await node(store, 'a');
    failing(true);
    await pass();
    failing(false);
    await pass();
    expect(stored).toHaveLength(1);
  });
});
