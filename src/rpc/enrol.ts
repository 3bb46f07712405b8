import { X509Certificate } from 'node:crypto';
import { StoreError } from '../base/store-error.js';
import { caDigest, type Token } from '../identity/index.js';
import type { messages } from '../wire/index.js';
import { Channel } from './channel.js';
import { methodOf } from './definitions.js';
import { TlsDialing, unverified } from './dialing.js';
import { whyUnreached } from './reach.js';

/** Limit of each of the two calls, milliseconds. */
const callTimeoutMs = 10_000;

/**
 * Exchanges a token for a certificate, at the member at `addr`. First asks for the roots of the cluster, without trust;
 * believes only the one whose digest is in the token. The token itself is sent over a second connection, to a server that
 * this root has certified.
 * @throws {StoreError} `UNAUTHENTICATED` when the CA is another one, or the token does not count.
 */
export async function enrol(
  addr: string,
  { token, text, request, member = '' }: { token: Token; text: string; request: Uint8Array; member?: string },
): Promise<messages.IssueResponse> {
  const { domain, roots } = await asked<messages.GetRootCaResponse>(addr, 'GetRootCa', {}, unverified);
  const root = roots.find((one) => digestOf(one) === token.ca);
  if (root === undefined)
    throw new StoreError(
      'UNAUTHENTICATED',
      `the CA at ${addr} is not the one in the token: another process answers in its place, or the token is of another cluster; make a new one`,
    );
  const dialing = new TlsDialing({ domain, roots: [root] });
  return asked<messages.IssueResponse>(addr, 'Issue', { token: text, request, member }, dialing);
}

/** Digest of a root's key; `undefined` for what is no certificate. */
function digestOf(pem: string): string | undefined {
  try {
    return caDigest(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }));
  } catch {
    return undefined;
  }
}

async function asked<Res>(
  addr: string,
  method: string,
  request: object,
  dialing: TlsDialing | typeof unverified,
): Promise<Res> {
  const channel = new Channel(addr, { own: true, dialing });
  try {
    return await channel.unary<object, Res>(methodOf('certificates', method), request, { timeoutMs: callTimeoutMs });
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const { says, untrusted } = await whyUnreached(addr, dialing, error);
    if (untrusted) throw new StoreError('UNAUTHENTICATED', says, { cause: error });
    throw new StoreError('NOT_LEADER', `no member answers at ${addr}: ${says}`, { cause: error, unreached: [addr] });
  } finally {
    channel.close();
  }
}
