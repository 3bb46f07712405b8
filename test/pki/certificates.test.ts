import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import {
  type Caller,
  callerOf,
  dayMs,
  type Directory,
  type Identity,
  newTrustDomain,
  type Presented,
  renewalAt,
  urgencyAt,
} from '../../src/identity/index.js';
import {
  type Authority,
  issue,
  makeRequest,
  makeRoot,
  readCertificate,
  readRequest,
  timesOf,
} from '../../src/pki/index.js';

const random = seededRandom(11);
const domain = newTrustDomain(random);
const now = Date.UTC(2030, 0, 1);
const at = (moment: number) => ({ now: moment, random });
const alice: Identity = { domain, kind: 'user', name: 'alice' };
const member: Identity = { domain, kind: 'member', name: '17' };

let root: Authority;
let rootRead: X509Certificate;
const folder = mkdtempSync(join(tmpdir(), 'skep-pki-'));

beforeAll(async () => {
  root = await makeRoot(domain, at(now));
  rootRead = new X509Certificate(root.certificate);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function leafOf(identity: Identity, { from = root, moment = now, lifeMs = 30 * dayMs } = {}) {
  const { key, request } = await makeRequest();
  const { publicKey } = (await readRequest(request)) as { publicKey: Buffer };
  const pem = await issue(
    from,
    { identity, publicKey, lifeMs, hosts: ['m1.example.org'], ips: ['10.0.0.1'] },
    at(moment),
  );
  return { key, pem, read: new X509Certificate(pem) };
}

/** Runs the other implementation. */
const openssl = (...args: string[]) => spawnSync('openssl', args, { encoding: 'utf8' });
const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('certificates', () => {
  it('name one identity, and the root that signed them', async () => {
    const { read } = await leafOf(alice);
    expect(readCertificate(read, [rootRead], 'client')).toMatchObject({ identity: alice });
    expect(read.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
    expect(timesOf(read)).toEqual({ notBefore: now - 3_600_000, notAfter: now + 30 * dayMs });
  });

  it('are for clients alone where they name a user', async () => {
    const user = (await leafOf(alice)).read;
    const machine = (await leafOf(member)).read;
    expect(readCertificate(user, [rootRead], 'server')).toHaveProperty('problem', 'the certificate is for no server');
    for (const side of ['client', 'server'] as const)
      expect(readCertificate(machine, [rootRead], side)).toMatchObject({ identity: member });
  });

  it('are refused when a self-made CA of the same name signed them', async () => {
    const forged = await leafOf(member, { from: await makeRoot(domain, at(now)) });
    expect(readCertificate(forged.read, [rootRead], 'client')).toHaveProperty(
      'problem',
      'the certificate is of another CA',
    );
  });

  it('are refused when they are the root', () => {
    expect(readCertificate(rootRead, [rootRead], 'client')).toHaveProperty('problem', 'the certificate is one of a CA');
  });

  it('end with their root', async () => {
    const late = now + 3_650 * dayMs;
    const { read } = await leafOf(alice, { moment: late });
    expect(timesOf(read).notAfter).toBe(timesOf(rootRead).notAfter);
  });

  it.each(['client', 'server'])('pass the strict check of OpenSSL as a %s', async (side) => {
    const { pem } = await leafOf(member);
    const [ca, leaf] = [file('ca.pem', root.certificate), file('leaf.pem', pem)];
    const moment = String(Math.floor(now / 1_000) + 60);
    const args = ['verify', '-x509_strict', '-purpose', `ssl${side}`, '-attime', moment, '-CAfile', ca, leaf];
    expect(openssl(...args).stdout.trim()).toBe(`${leaf}: OK`);
    const text = openssl('x509', '-in', leaf, '-noout', '-text').stdout;
    expect(text).toContain(
      `URI:spiffe://${domain}.skep/member/17, DNS:${domain}.skep, DNS:m1.example.org, IP Address:10.0.0.1`,
    );
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/);
  });
});

describe('certificates that others wrote', () => {
  const config = (san: string, more = '') =>
    `[req]\ndistinguished_name=d\nprompt=no\n[d]\nCN=x\n[e]\nsubjectAltName=${san}\nextendedKeyUsage=clientAuth\n${more}`;
  const uri = (name: string) => `URI:spiffe://${domain}.skep/${name}`;

  /** Signed by our own root, with extensions that it would never write. */
  function signed(san: string, more = ''): X509Certificate {
    const [ca, key] = [file('ca.pem', root.certificate), file('ca.key', root.key.reveal())];
    const conf = file('e.cnf', config(san, more));
    const csr = join(folder, 'e.csr');
    execFileSync(
      'openssl',
      [
        'req',
        '-new',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-keyout',
        join(folder, 'e.key'),
        '-out',
        csr,
        '-config',
        conf,
      ],
      { stdio: 'ignore' },
    );
    const pem = execFileSync(
      'openssl',
      ['x509', '-req', '-in', csr, '-CA', ca, '-CAkey', key, '-days', '3', '-extfile', conf, '-extensions', 'e'],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
    return new X509Certificate(pem);
  }

  it.each([
    ['one URI', uri('user/alice'), true],
    ['one URI beside other names', `${uri('user/alice')},DNS:x.example,IP:10.0.0.1`, true],
    ['two URIs', `${uri('user/alice')},${uri('member/1')}`, false],
    ['no URI', 'DNS:x.example', false],
    ['a URI of another scheme', 'URI:https://x/', false],
    ['a DNS name that looks like a URI', `DNS:spiffe://${domain}.skep/member/1`, false],
    ['a URI with a comma', `URI:spiffe://${domain}.skep/user/a%2c`, false],
  ])('with %s: %s', (_, san, taken) => {
    expect('identity' in readCertificate(signed(san), [rootRead], 'client')).toBe(taken);
  });

  it('are refused when they could sign others', () => {
    const ca = signed(uri('member/1'), 'basicConstraints=CA:TRUE\n');
    expect(readCertificate(ca, [rootRead], 'client')).toHaveProperty('problem', 'the certificate is one of a CA');
  });
});

describe('requests', () => {
  const made = (...key: string[]) => {
    const out = join(folder, 'r.der');
    const conf = file('r.cnf', '[req]\ndistinguished_name=d\nprompt=no\n[d]\nCN=admin\n');
    execFileSync(
      'openssl',
      [
        'req',
        '-new',
        '-newkey',
        ...key,
        '-nodes',
        '-keyout',
        join(folder, 'r.key'),
        '-outform',
        'DER',
        '-out',
        out,
        '-config',
        conf,
      ],
      { stdio: 'ignore' },
    );
    return execFileSync('cat', [out]);
  };

  it('of OpenSSL are read, and their names are not', async () => {
    expect(await readRequest(made('ec', '-pkeyopt', 'ec_paramgen_curve:P-256'))).toHaveProperty('publicKey');
  });

  it('pass the check of OpenSSL', async () => {
    const { request } = await makeRequest();
    const { stderr } = openssl('req', '-verify', '-noout', '-inform', 'DER', '-in', file('o.der', request));
    expect(stderr).toContain('verify OK');
  });

  it.each([
    ['RSA', ['rsa:2048'], /ECDSA/],
    ['P-521', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-521'], /P-256/],
    [
      'a P-256 key with explicit parameters',
      ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-pkeyopt', 'ec_param_enc:explicit'],
      /P-256|no certificate request/,
    ],
  ])('for %s are refused', async (_, key, problem) => {
    expect(await readRequest(made(...key))).toHaveProperty('problem', expect.stringMatching(problem));
  });

  it.each([
    ['nothing', (bytes: Buffer) => bytes.subarray(0, 0)],
    ['a half', (bytes: Buffer) => bytes.subarray(0, 100)],
    ['a byte too many', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from([0])])],
    [
      'a length that is longer than need be',
      (bytes: Buffer) => Buffer.concat([Buffer.from([0x30, 0x82, 0]), bytes.subarray(bytes[1] === 0x81 ? 2 : 1)]),
    ],
    ['a megabyte', () => Buffer.alloc(1_000_000, 0x30)],
    ['text', () => Buffer.from('hello')],
  ])('of %s are refused', async (_, change) => {
    const { request } = await makeRequest();
    expect(await readRequest(change(request))).toHaveProperty('problem');
  });

  it('without a proof of their key are refused', async () => {
    const { request } = await makeRequest();
    const forged = Buffer.from(request);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1; // the last bit of the signature
    expect(await readRequest(forged)).toEqual({ problem: 'the signature of the request does not fit its key' });
  });

  it('with any bit changed give no other key', async () => {
    const { request } = await makeRequest();
    const { publicKey } = (await readRequest(request)) as { publicKey: Buffer };
    for (let bit = 0; bit < request.length * 8; bit += 3) {
      const changed = Buffer.from(request);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      const result = await readRequest(changed);
      if ('publicKey' in result) expect(result.publicKey.equals(publicKey)).toBe(true);
    }
  });
});

describe('ten years of a cluster', () => {
  it('never leave a member without a valid certificate', async () => {
    const directory: Directory = {
      domain,
      memberState: () => 'member',
      user: () => ({ disabled: false, roles: [] }),
      hasNode: () => true,
      hasCredential: () => true,
      bearer: () => undefined,
    };
    const read = (pem: string) => readCertificate(new X509Certificate(pem), [rootRead], 'client') as Presented;
    const end = timesOf(rootRead).notAfter - 91 * dayMs;
    let presented = read((await leafOf(member, { lifeMs: 90 * dayMs })).pem);
    let renewed = 0;
    for (let moment = now; moment < end; moment = renewalAt(presented, random)) {
      const caller: Caller = callerOf(presented, directory, { now: moment, renewLateMs: 0 });
      expect(caller.as).toBe('member');
      expect(urgencyAt(moment, presented)).toBe('fine');
      presented = read((await leafOf(member, { moment, lifeMs: 90 * dayMs })).pem);
      renewed++;
    }
    expect(renewed).toBeGreaterThan(45);
    expect(renewed).toBeLessThan(90);
  }, 60_000);
});
