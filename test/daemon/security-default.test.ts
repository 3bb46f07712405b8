import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { Client } from '../../src/client/index.js';
import { type OpenReplica, openReplica, type OpenReplicaOptions } from '../../src/daemon/open-replica.js';
import { authorities } from '../../src/kinds/index.js';
import { spokenAt } from '../../src/rpc/index.js';
import { until } from '../support/network-wait.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-default-'));
const opened = new Set<OpenReplica>();
const here: Partial<OpenReplicaOptions> = { listenAddr: '127.0.0.1:0' };
/** Reached by other computers, as far as the member can tell. */
const anywhere: Partial<OpenReplicaOptions> = { listenAddr: '0.0.0.0:0', advertiseAddr: '127.0.0.1:1' };

async function open(name: string, options: Partial<OpenReplicaOptions>): Promise<OpenReplica> {
  const fast = { heartbeatMs: 20, electionTimeoutMs: 200, joinTimeoutMs: 10_000, logger: silentLogger };
  const member = await openReplica({ name, ...fast, ...options });
  opened.add(member);
  return member;
}

async function close(member: OpenReplica): Promise<void> {
  opened.delete(member);
  await member.close();
}

afterAll(async () => {
  await Promise.all([...opened].map((member) => member.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** Collects what a member logs. */
function recorder() {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return { lines, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } };
}

describe('a member without a word about security', () => {
  it('speaks clear text where only this computer reaches it, and says so', async () => {
    const { lines, logger } = recorder();
    const member = await open('m1', { ...here, logger });
    expect(await spokenAt(member.addr)).toBe('clear');
    expect(member.access()).toBeUndefined();
    expect(lines).toContainEqual(
      'info connections are in clear text: every process of this computer may do everything; "--security on" ends that',
    );
    const client = new Client({ hosts: [member.addr] });
    expect((await client.status()).security).toBe('off');
    client.close();
  });

  it('speaks TLS only where other computers reach it, and begins with its keys again as it was', async () => {
    const dataDir = join(folder, 'anywhere');
    const first = await open('m1', { ...anywhere, dataDir });
    await until('there is a CA', () => first.store.view((tx) => tx.kind(authorities).find().length === 1));
    expect(first.access()).toBeDefined();
    await close(first);

    const again = await open('m1', { ...here, dataDir }); // its cluster has security, wherever it listens now
    expect(await spokenAt(again.addr)).toBe('tls');
    const client = new Client({ hosts: [again.addr], access: again.access() });
    expect((await client.status()).security).toBe('on');
    client.close();
    await close(again);

    await expect(open('m1', { ...here, dataDir, security: 'off' })).rejects.toMatchObject({
      code: 'OTHER_PURPOSE',
      message: expect.stringContaining('belongs to a member of a cluster with security'),
    });
  });

  it('speaks clear text anywhere only when that is said, and warns', async () => {
    await expect(open('m1', { ...anywhere, security: 'off' })).rejects.toThrow(
      /every computer that reaches 0\.0\.0\.0:0/,
    );
    const { lines, logger } = recorder();
    const member = await open('m1', { ...anywhere, insecureAnywhere: true, logger });
    expect(member.access()).toBeUndefined();
    expect(lines.filter((line) => line.startsWith('warn connections are in clear text'))).toHaveLength(1);
  });
});

describe('a member whose setting differs from that of its cluster', () => {
  it('does not join: clear text to TLS', async () => {
    const member = await open('m1', { ...here, security: 'on' });
    await expect(open('m2', { ...here, join: [member.addr] })).rejects.toMatchObject({
      code: 'SECURITY_DIFFERS',
      message: expect.stringContaining(`the cluster at ${member.addr} has security`),
    });
  });

  it('does not join: TLS to clear text', async () => {
    const member = await open('m1', here);
    await expect(open('m2', { ...here, security: 'on', join: [member.addr] })).rejects.toMatchObject({
      code: 'SECURITY_DIFFERS',
      message: expect.stringContaining(`the cluster at ${member.addr} is in clear text`),
    });
  });

  it('does not start again: its cluster is in clear text', async () => {
    const dataDir = join(folder, 'differs');
    const first = await open('m1', here);
    const second = await open('m2', { ...here, dataDir, join: [first.addr] });
    await close(second);
    await expect(open('m2', { ...here, dataDir, security: 'on' })).rejects.toMatchObject({ code: 'SECURITY_DIFFERS' });
  });

  it('begins security when it is alone', async () => {
    const dataDir = join(folder, 'alone');
    await close(await open('m1', { ...here, dataDir }));
    const member = await open('m1', { ...here, dataDir, security: 'on' });
    await until('there is a CA', () => member.store.view((tx) => tx.kind(authorities).find().length === 1));
    expect(await spokenAt(member.addr)).toBe('tls');
  });
});

describe('what a server speaks', () => {
  it('is unknown where there is none', async () => {
    expect(await spokenAt('127.0.0.1:1')).toBeUndefined();
  });
});
