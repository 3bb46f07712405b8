import { messageOf } from '../base/errors.js';
import { Secret } from '../base/secret.js';
import { isStoreErrorOf, StoreError } from '../base/store-error.js';
import { parseToken } from '../identity/index.js';
import { makeRequest, readIssued } from '../pki/index.js';
import { Channel, enrol, methodOf, TlsDialing } from '../rpc/index.js';
import type { messages } from '../wire/index.js';
import type { AccessOptions } from './access.js';

/** Time limit of a member to renew a certificate, milliseconds. */
const renewTimeoutMs = 5_000;

/** Result of {@link login}: what `new Access` takes, and whom it names. */
export interface Login extends AccessOptions {
  /** As `user/alice`. */
  readonly identity: string;
}

/**
 * Exchanges a token of an admin for a certificate, at one of `hosts`. Makes the key here; it never leaves the process.
 * @throws {StoreError} `UNAUTHENTICATED` when the token does not count, or the cluster is another one than it names.
 */
export async function login(hosts: readonly string[], text: string): Promise<Login> {
  const token = parseToken(text);
  if ('problem' in token) throw new StoreError('UNAUTHENTICATED', token.problem);
  if (token.use !== 'join') throw new StoreError('UNAUTHENTICATED', `token ${token.id} is not for a login`);
  const { key, request } = await makeRequest();
  let last: StoreError | undefined;
  for (const host of hosts)
    try {
      const { domain, roots, certificate, identity } = await enrol(host, { token, text: text.trim(), request });
      return { domain, roots, certificate, identity, key: key.reveal() };
    } catch (error) {
      if (isStoreErrorOf(error, ['UNAUTHENTICATED', 'INVALID_OBJECT'])) throw error;
      last = error as StoreError;
    }
  throw last ?? new StoreError('NOT_LEADER', 'name a member to log in at', { unreached: [] });
}

/** Returns the times of a certificate in PEM, milliseconds since the epoch. */
export function certificateTimes(pem: string): { readonly notBefore: number; readonly notAfter: number } {
  const { notBefore, notAfter } = readIssued(pem);
  return { notBefore, notAfter };
}

/**
 * Exchanges a certificate for a new one, of a new key, at one of `hosts`. For a year the owner of an expired one can do that, too,
 * while its user is there.
 * @throws {StoreError} `UNAUTHENTICATED` when the cluster does not renew it: it was revoked, or the user was removed.
 */
export async function renewLogin(hosts: readonly string[], old: AccessOptions): Promise<Login> {
  const { key, request } = await makeRequest();
  const dialing = new TlsDialing({ ...old, key: new Secret(old.key) });
  let last: unknown;
  for (const host of hosts) {
    const channel = new Channel(host, { own: true, dialing });
    try {
      const renewed = await channel.unary<object, messages.IssueResponse>(
        methodOf('certificates', 'Renew'),
        { request },
        { timeoutMs: renewTimeoutMs },
      );
      const { domain, roots, certificate, identity } = renewed;
      return { domain, roots, certificate, identity, key: key.reveal() };
    } catch (error) {
      if (isStoreErrorOf(error, ['UNAUTHENTICATED', 'DENIED'])) throw error;
      last = error;
    } finally {
      channel.close();
    }
  }
  throw new StoreError('NOT_LEADER', `no member at ${hosts.join(', ')} renewed the certificate: ${messageOf(last)}`, {
    cause: last,
    unreached: hosts,
  });
}
