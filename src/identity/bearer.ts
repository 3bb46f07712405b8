import type { Caller, Directory, Terms } from './judge.js';
import type { Identity } from './spiffe.js';
import { fitsHash, parseToken } from './token.js';

/** A token for calls, as the state has it. */
export interface BearerToken {
  /** User that it speaks for. */
  readonly user: string;
  /** SHA-256 of its secret. */
  readonly hash: string;
  /** End of its life, milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Beginning of the serial of a caller that a token has proved: no serial number of a certificate looks like it. */
const tokenSerial = 'token:';

/** Serial of a caller that the token of this id has proved. */
export function serialOfToken(id: string): string {
  return tokenSerial + id;
}

/** Returns the id of the token that a serial names; `undefined` for one of a certificate. */
export function tokenOfSerial(serial: string): string | undefined {
  return serial.startsWith(tokenSerial) ? serial.slice(tokenSerial.length) : undefined;
}

/** Says who the value of an `authorization` header makes its bearer: a user, or an anonymous caller with the reason. */
export function callerByHeader(header: string, directory: Directory, terms: Pick<Terms, 'now'>): Caller {
  const [, text] = /^Bearer +(\S+)$/i.exec(header.trim()) ?? [];
  if (text === undefined) return refused('the authorization header is no "Bearer TOKEN"');
  const token = parseToken(text);
  if ('problem' in token) return refused(token.problem);
  if (token.use !== 'bearer') return refused(`token ${token.id} is for an enrolment: "skep login HOST"`);
  const stored = directory.bearer(token.id);
  // A wrong secret gets the answer of an unknown token: its id alone is no secret.
  if (!stored || !fitsHash(token, stored.hash)) return refused(`the cluster has no token ${token.id}`);
  return callerByToken(token.id, directory, terms);
}

/** Says who is the bearer of the token of this id, whose secret has been checked. */
export function callerByToken(id: string, directory: Directory, { now }: Pick<Terms, 'now'>): Caller {
  const stored = directory.bearer(id);
  if (!stored) return refused(`the cluster has no token ${id}`);
  if (now > stored.expiresAt) return refused(`token ${id} has expired`);
  const user = directory.user(stored.user);
  if (!user || user.disabled) return refused(`user/${stored.user} ${user ? 'is disabled' : 'was removed'}`);
  const identity: Identity = { domain: directory.domain, kind: 'user', name: stored.user };
  return { as: 'user', identity, serial: serialOfToken(id), roles: user.roles, until: stored.expiresAt };
}

const refused = (why: string): Caller => ({ as: 'anonymous', why });
