import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, loadPackageDefinition, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { openSslIsThere } from '../support/certificates.js';
import { authorityOf, credited, type Pair, SecureWorld } from '../support/secure.js';

/* What we promise is seen by programs that have no code of ours. */

const world = new SecureWorld();
const folder = mkdtempSync(join(tmpdir(), 'skep-interop-'));
let member: OpenReplica;
let viewer: Pair;

beforeAll(async () => {
  member = await world.open('m1');
  const admin = await world.admin(member);
  await admin.putUser({ name: 'vera', roles: ['viewer'] });
  viewer = await credited(member, { kind: 'user', name: 'vera' });
  await member.store.update((tx) => tx.nodes().create({ id: 'n1' }));
  write('ca.pem', authorityOf(member).root.certificate);
  write('cert.pem', viewer.certificate);
  write('key.pem', viewer.key);
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

/** Runs openssl without input. Resolves with its exit code and all that it wrote. */
function openssl(...args: string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn('openssl', args, { cwd: folder });
  let text = '';
  const take = (chunk: Buffer) => (text += chunk.toString());
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  child.stdin.on('error', () => undefined).end();
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, text })));
}

describe.skipIf(!openSslIsThere())('openssl sees', () => {
  const connect = (...args: string[]) => openssl('s_client', '-connect', member.addr, '-alpn', 'h2', ...args);

  it('TLS 1.3, a chain that it verifies, a demand for a certificate, and no ticket', async () => {
    const { domain } = authorityOf(member);
    const { code, text } = await connect(
      '-CAfile',
      'ca.pem',
      '-verify_return_error',
      '-verify_hostname',
      `${domain}.skep`,
    );
    expect(code).toBe(0);
    expect(text).toMatch(/New, TLSv1\.3, Cipher is TLS_/);
    expect(text).toContain('Verify return code: 0 (ok)');
    expect(text).toContain('ALPN protocol: h2');
    expect(text).toContain('Requested Signature Algorithms');
    expect(text).not.toMatch(/TLS session ticket:|Post-Handshake New Session Ticket arrived/);
  });

  it('that a certificate of a user is taken', async () => {
    expect((await connect('-CAfile', 'ca.pem', '-cert', 'cert.pem', '-key', 'key.pem')).code).toBe(0);
  });

  it.each(['-tls1_2', '-tls1_1'])('no %s', async (version) => {
    expect((await connect(version)).code).not.toBe(0);
  });

  it('that our certificates are what they should be', async () => {
    const check = (purpose: string) =>
      openssl('verify', '-x509_strict', '-purpose', purpose, '-CAfile', 'ca.pem', 'cert.pem');
    expect((await check('sslclient')).code).toBe(0);
    expect((await check('sslserver')).code).not.toBe(0); // a user is no server
    expect((await openssl('x509', '-in', 'cert.pem', '-noout', '-ext', 'subjectAltName')).text).toContain(
      `URI:spiffe://${authorityOf(member).domain}.skep/user/vera`,
    );
  });
});

describe('a program with gRPC, our proto files, the CA and a certificate', () => {
  type Call = (request: object, done: (error: ServiceError | null, response: Record<string, unknown>) => void) => void;
  type Services = Record<string, new (...args: unknown[]) => Record<string, Call> & { close(): void }>;

  /** Calls a method as the documentation of gRPC shows it. */
  async function call(service: string, method: string, request: object, pair?: Pair): Promise<Record<string, unknown>> {
    const root = join(import.meta.dirname, '../../proto');
    const files = ['control', 'security'].map((name) => join(root, 'skep/v1', `${name}.proto`));
    const loaded = loadPackageDefinition(loadSync(files, { includeDirs: [root], keepCase: true }));
    const { v1 } = loaded.skep as unknown as { v1: Services };
    const { root: ca, domain } = authorityOf(member);
    const bytes = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
    const secure = credentials.createSsl(Buffer.from(ca.certificate), bytes(pair?.key), bytes(pair?.certificate));
    const client = new (v1[service] as NonNullable<Services[string]>)(member.addr, secure, {
      'grpc.ssl_target_name_override': `${domain}.skep`,
    });
    world.later(() => client.close());
    return new Promise((resolve, reject) =>
      client[method]?.(request, (error, response) => (error ? reject(error) : resolve(response))),
    );
  }

  it('reads what its user may read, and no more', async () => {
    expect(await call('Access', 'WhoAmI', {}, viewer)).toMatchObject({ identity: 'user/vera', roles: ['viewer'] });
    expect(await call('Control', 'Get', { kind: 'node', id: 'n1' }, viewer)).toMatchObject({
      object: { node: { id: 'n1' } },
    });
    await expect(call('Control', 'Remove', { kind: 'node', id: 'n1' }, viewer)).rejects.toMatchObject({ code: 7 });
  });

  it('is a stranger without the certificate', async () => {
    expect(await call('Access', 'WhoAmI', {})).toMatchObject({ identity: 'anonymous' });
    await expect(call('Control', 'Get', { kind: 'node', id: 'n1' })).rejects.toMatchObject({ code: 12 });
  });
});
