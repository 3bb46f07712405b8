import type { handleUnaryCall, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { systemClock } from '../base/clock.js';
import { isMemberId } from '../base/ids.js';
import { systemRandom } from '../base/random.js';
import { Secret } from '../base/secret.js';
import { StoreError } from '../base/store-error.js';
import {
  type Caller,
  fitsHash,
  type Identity,
  lifeDefaultMs,
  parseToken,
  sha256Hex,
  shortName,
  type Token,
  tokenOfSerial,
} from '../identity/index.js';
import { authorities, credentials, type ReadTx, tokens, type Tx, users } from '../kinds/index.js';
import { issue, readIssued, readRequest } from '../pki/index.js';
import type { Replica } from '../replica/index.js';
import { methodOf } from '../rpc/index.js';
import type { messages } from '../wire/index.js';
import { wrongTokenPath } from './call-limits.js';
import { signingRoot } from './directory.js';
import { type Forwarder, forwardingHandler } from './forward.js';
import { onLeader } from './membership.js';

type IssueRequest = messages.IssueRequest;
type IssueResponse = messages.IssueResponse;

/** The `Certificates` service. Roots are told by any member; certificates are issued by the leader. */
export function certificatesService(
  replica: Replica,
  forwarder: Forwarder,
  memberState: (id: number) => 'member' | 'removed' | 'unknown',
): UntypedServiceImplementation {
  const issuer = new Issuer(replica, memberState);
  const forwarded = <Req>(
    name: string,
    run: (request: Req, timeoutMs: number, caller: Caller | undefined) => Promise<unknown>,
  ) => forwardingHandler(methodOf('certificates', name), { replica, forwarder }, run);
  const getRootCa: handleUnaryCall<object, messages.GetRootCaResponse> = (
    _call: ServerUnaryCall<object, messages.GetRootCaResponse>,
    done,
  ) => {
    done(null, replica.store.view(rootsIn));
  };
  return {
    GetRootCa: getRootCa,
    Issue: forwarded<IssueRequest>('Issue', (request, timeoutMs) => issuer.issue(request, timeoutMs)),
    Renew: forwarded<messages.RenewRequest>('Renew', (request, timeoutMs, caller) =>
      issuer.renew(request, timeoutMs, caller),
    ),
  };
}

/** Roots of the cluster, the newest last. */
function rootsIn(tx: ReadTx): messages.GetRootCaResponse {
  const roots = tx.kind(authorities).find();
  return { domain: roots[0]?.domain ?? '', roots: roots.map(({ certificate }) => certificate) };
}

const wrongToken = (message: string) => new StoreError('UNAUTHENTICATED', message, { path: wrongTokenPath });
const denied = (message: string) => new StoreError('UNAUTHENTICATED', message);

/** Issues certificates on the leader. */
class Issuer {
  readonly #replica: Replica;
  readonly #memberState: (id: number) => 'member' | 'removed' | 'unknown';

  constructor(replica: Replica, memberState: (id: number) => 'member' | 'removed' | 'unknown') {
    this.#replica = replica;
    this.#memberState = memberState;
  }

  async issue({ token: text, request, member }: IssueRequest, timeoutMs: number): Promise<IssueResponse> {
    await onLeader(this.#replica, timeoutMs);
    const token = parseToken(text);
    if ('problem' in token) throw wrongToken(token.problem);
    const digest = sha256Hex(request);
    const before = this.#issuedBefore(digest, token);
    if (before) return before;
    const identity = this.#replica.store.view((tx) => identityFor(tx, token, member));
    this.#checkMemberId(identity);
    return this.#make({
      identity,
      request,
      digest,
      timeoutMs,
      spend: (tx) => spend(tx, token, shortName(identity)),
      token: token.id,
    });
  }

  async renew(
    { request }: messages.RenewRequest,
    timeoutMs: number,
    caller: Caller | undefined,
  ): Promise<IssueResponse> {
    if (!caller || !('serial' in caller)) throw denied('only the owner of a certificate can renew it');
    if (tokenOfSerial(caller.serial) !== undefined)
      throw new StoreError(
        'DENIED',
        'a token has no certificate to renew: "skep token create user" makes one for a login',
      );
    await onLeader(this.#replica, timeoutMs);
    const { identity, serial } = caller;
    const { token = '' } = this.#replica.store.view((tx) => tx.kind(credentials).get(serial)) ?? {};
    // What was renewed stays until the new one is renewed in its turn: its owner may not receive the new one.
    const spending = (tx: Tx) => {
      if (!tx.kind(credentials).get(serial)) throw denied(`the certificate of ${shortName(identity)} was revoked`);
      for (const one of tx.kind(credentials).find(credentials.by('identity', shortName(identity))))
        if (one.token === token && one.id !== serial) tx.kind(credentials).delete(one.id);
    };
    return this.#make({ identity, request, digest: sha256Hex(request), timeoutMs, spend: spending, token });
  }

  /** The answer to an earlier, equal request: its caller may not have received it. The token must fit all the same. */
  #issuedBefore(digest: string, token: Token): IssueResponse | undefined {
    return this.#replica.store.view((tx) => {
      const [made] = tx.kind(credentials).find(credentials.by('request', digest));
      if (!made || made.token !== token.id) return undefined;
      const stored = tx.kind(tokens).get(token.id);
      if (!stored || !fitsHash(token, stored.hash)) return undefined;
      return { ...rootsIn(tx), certificate: made.certificate, identity: made.identity };
    });
  }

  async #make(wanted: {
    readonly identity: Identity;
    readonly request: Uint8Array;
    readonly digest: string;
    readonly timeoutMs: number;
    readonly spend: (tx: Tx) => void;
    readonly token: string;
  }): Promise<IssueResponse> {
    const { identity, request, digest, timeoutMs, spend: spending, token } = wanted;
    const read = await readRequest(request);
    if ('problem' in read) throw new StoreError('INVALID_OBJECT', read.problem, { path: 'request' });
    const { store } = this.#replica;
    const root = store.view(signingRoot);
    if (!root) throw new StoreError('NOT_SUPPORTED', 'this cluster has no CA that could sign');
    const certificate = await issue(
      { certificate: root.certificate, key: new Secret(root.key) },
      { identity, publicKey: read.publicKey, lifeMs: lifeDefaultMs[identity.kind] },
      { now: systemClock.now(), random: systemRandom },
    );
    const { serial, notAfter } = readIssued(certificate);
    const owner = shortName(identity);
    await store.update(
      (tx) => {
        spending(tx);
        // It may have been removed meanwhile.
        if (identity.kind === 'user' && !tx.kind(users).get(identity.name)) throw denied(`${owner} was removed`);
        tx.kind(credentials).create({ id: serial, identity: owner, certificate, request: digest, notAfter, token });
      },
      { actor: owner, reason: `a certificate of token ${token}`, timeoutMs },
    );
    return store.view((tx) => ({ ...rootsIn(tx), certificate, identity: owner }));
  }

  #checkMemberId({ kind, name }: Identity): void {
    if (kind !== 'member') return;
    const state = this.#memberState(Number(name));
    if (state === 'removed')
      throw new StoreError(
        'REMOVED',
        `member id ${name} was removed and is never let in again: start with an empty data directory`,
      );
    if (state === 'member')
      throw new StoreError('ALREADY_EXISTS', `there is a member of id ${name}: start with an empty data directory`);
  }
}

/** Returns the identity that a token gives, or refuses it with the reason. */
function identityFor(tx: ReadTx, token: Token, member: string): Identity {
  const stored = checkedToken(tx, token);
  const { domain } = rootsIn(tx);
  if (stored.use === 'join-member') {
    if (member === '')
      throw denied(`token ${token.id} is for a member: "skep token create user" makes one for a login`);
    if (!isMemberId(Number(member)) || String(Number(member)) !== member)
      throw new StoreError('INVALID_OBJECT', 'a member must say which id it has', { path: 'member' });
    return { domain, kind: 'member', name: member };
  }
  if (stored.use === 'join-user') {
    if (member !== '')
      throw denied(`token ${token.id} is for user ${stored.user}: "skep token create member" makes one for a member`);
    const user = tx.kind(users).get(stored.user);
    if (!user || user.disabled) throw denied(`user ${stored.user} ${user ? 'is disabled' : 'was removed'}`);
    return { domain, kind: 'user', name: stored.user };
  }
  throw denied(`token ${token.id} is for ${stored.use}`);
}

function checkedToken(tx: ReadTx, token: Token) {
  const stored = tx.kind(tokens).get(token.id);
  // A wrong secret gets the answer of an unknown token: its id alone is no secret.
  if (!stored || !fitsHash(token, stored.hash)) throw wrongToken(`the cluster has no token ${token.id}`);
  const now = systemClock.now();
  if (now > stored.expiresAt) throw denied(`token ${token.id} ended ${ago(now - stored.expiresAt)} ago`);
  if (stored.usesLeft === 0) throw denied(`token ${token.id} was used by ${stored.usedBy.at(-1) ?? 'another'}`);
  return stored;
}

/** Uses a token once, in the transaction that makes the certificate. */
function spend(tx: Tx, token: Token, by: string): void {
  const { meta: _meta, usesLeft, ...stored } = checkedToken(tx, token);
  tx.kind(tokens).update({
    ...stored,
    ...(usesLeft !== undefined && { usesLeft: usesLeft - 1 }),
    usedBy: [...stored.usedBy, by].slice(-usedByMax),
  });
}

const usedByMax = 100;

function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1_440)} days`;
}
