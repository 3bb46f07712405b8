import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/base/random.js';
import { Secret } from '../../src/base/secret.js';
import { writeContext } from '../../src/cli/login-context.js';
import { dueAt } from '../../src/cli/renewal.js';
import { certificateTimes } from '../../src/client/index.js';
import { dayMs } from '../../src/identity/index.js';
import { authorities, credentials } from '../../src/kinds/index.js';
import { issue, newPrivateKey, publicKeyOf, readIssued } from '../../src/pki/index.js';
import { skep } from '../support/cli-run.js';
import { SecureCluster } from '../support/secure-cluster.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-renew-'));
const env = { XDG_CONFIG_HOME: folder };
const contexts = join(folder, 'skep', 'contexts');
const cluster = new SecureCluster();

/** Writes the login of a user whose certificate is so many days old, of a life of 30 days. */
async function loginOf(name: string, daysAgo: number): Promise<string> {
  await cluster.admin.putUser({ name, roles: ['viewer'] });
  const { store, addr } = cluster.member;
  const root = store.view((tx) => tx.kind(authorities).find()[0]);
  const { domain = '', certificate: rootPem = '', key: rootKey = '' } = root ?? {};
  const key = await newPrivateKey();
  // The root is as new as the test: its own beginning would be the beginning of the certificate.
  const certificate = await issue(
    { certificate: rootPem, key: new Secret(rootKey) },
    {
      identity: { domain, kind: 'user', name },
      publicKey: publicKeyOf(key),
      lifeMs: daysAgo < 0 ? 30 * dayMs : 3_600_000,
    },
    { now: Date.now() - Math.max(daysAgo, 0) * dayMs, random: systemRandom },
  );
  const { serial, notAfter } = readIssued(certificate);
  const identity = `user/${name}`;
  await store.update((tx) =>
    tx.kind(credentials).create({ id: serial, identity, certificate, request: serial, notAfter, token: 't' }),
  );
  await writeContext(contexts, {
    name,
    hosts: [addr],
    domain,
    identity,
    roots: [rootPem],
    certificate,
    key: key.reveal(),
  });
  return certificate;
}

const kept = (name: string) => readFileSync(join(contexts, name, 'cert.pem'), 'utf8');
const whoami = (name: string) => skep(['--host', cluster.member.addr, '--context', name, 'whoami'], { env });

beforeAll(() => cluster.begin());
afterAll(async () => {
  await cluster.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a login', () => {
  it('stays as it is while it is new', async () => {
    const certificate = await loginOf('new', -1);
    expect(await whoami('new')).toMatchObject({ code: 0, out: 'user/new (viewer)\n', err: '' });
    expect(kept('new')).toBe(certificate);
  });

  it('is renewed when it has expired, and says so once', async () => {
    const certificate = await loginOf('old', 40);
    const first = await whoami('old');
    expect(first).toMatchObject({ code: 0, out: 'user/old (viewer)\n' });
    expect(first.err).toMatch(/^Your certificate for user\/old ended \d+ days ago: it was renewed\.\n$/);
    expect(kept('old')).not.toBe(certificate);
    expect(await whoami('old')).toMatchObject({ code: 0, err: '' });
  });

  it('is not renewed when the user is gone, and says what to do', async () => {
    await loginOf('gone', 40);
    await cluster.admin.removeUser('gone');
    const { code, err } = await whoami('gone');
    expect(code).toBe(6);
    expect(err).toContain('your certificate for user/gone ended');
    expect(err).toContain('"skep token create user gone", then "skep login HOST --context gone"');
  });

  it('is due at a point of 50 to 80 % of its life, another for each certificate', async () => {
    const certificate = await loginOf('due', -1);
    const times = certificateTimes(certificate);
    const share = (text: string) => (dueAt(text, times) - times.notBefore) / (times.notAfter - times.notBefore);
    const shares = Array.from({ length: 100 }, (_, i) => share(`${certificate}${i}`));
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.5);
    expect(Math.max(...shares)).toBeLessThanOrEqual(0.8);
    expect(new Set(shares).size).toBe(100);
    expect(share(certificate)).toBe(share(certificate));
  });
});
