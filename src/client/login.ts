import { isStoreErrorOf, StoreError } from '../base/store-error.js';
import { parseToken } from '../identity/index.js';
import { makeRequest } from '../pki/index.js';
import { enrol } from '../rpc/index.js';
import type { AccessOptions } from './access.js';

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
