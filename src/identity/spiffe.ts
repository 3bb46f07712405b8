import { isMemberId } from '../base/ids.js';
import type { Random } from '../base/random.js';
import { randomBase32 } from './base32.js';

/** Kinds of identities: managers of the cluster, machines that run containers, and people or programs. */
export const identityKinds = ['member', 'worker', 'user'] as const;
export type IdentityKind = (typeof identityKinds)[number];

/** A proved name: the one URI of a certificate. No address and no other field of the certificate takes part. */
export interface Identity {
  /** Trust domain of the cluster. It outlives roots, restores and new clusters made of old ones. */
  readonly domain: string;
  readonly kind: IdentityKind;
  /** Id of the member in decimal digits, id of the node, or name of the user. */
  readonly name: string;
}

const domainCharacters = 16;
const domainSyntax = /^[a-z2-7]{16}$/;

const nameSyntax: Readonly<Record<IdentityKind, RegExp>> = {
  member: /^[1-9][0-9]{0,15}$/,
  worker: /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/,
  user: /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/,
};

/** Rule for the names of users, for messages. */
export const userNameRule =
  'must be at most 64 lower-case letters, digits, ".", "-" and "_", and begin and end with a letter or digit';

export function isUserName(name: string): boolean {
  return nameSyntax.user.test(name);
}

/** Draws the trust domain of a new cluster: 80 bits of chance. */
export function newTrustDomain(random: Random): string {
  return randomBase32(random, domainCharacters);
}

export function isTrustDomain(text: string): boolean {
  return domainSyntax.test(text);
}

/** Returns `member/17`, `user/alice`: the identity inside its cluster, as history and errors show it. */
export function shortName({ kind, name }: Pick<Identity, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}

/** Returns the URI of an identity. Throws a `TypeError` for a name that no certificate may hold. */
export function uriOf({ domain, kind, name }: Identity): string {
  const uri = `spiffe://${domain}.skep/${kind}/${name}`;
  if (!parseIdentity(uri)) throw new TypeError(`${kind}/${name} of ${domain} is no name for a certificate`);
  return uri;
}

/** Reads the URI of a certificate. `undefined` for every form but the one that {@link uriOf} writes. */
export function parseIdentity(uri: string): Identity | undefined {
  const [, domain = '', kind = '', name = ''] = /^spiffe:\/\/([^/]*)\.skep\/([^/]*)\/([^/]*)$/.exec(uri) ?? [];
  const known = identityKinds.find((one) => one === kind);
  if (!known || !isTrustDomain(domain) || !nameSyntax[known].test(name)) return undefined;
  if (known === 'member' && !isMemberId(Number(name))) return undefined;
  return { domain, kind: known, name };
}

/** Server name that every member answers to. Clients check the URI, so no address needs to be in a certificate. */
export function serverNameOf(domain: string): string {
  return `${domain}.skep`;
}

/** Server name for connections without a certificate, whose calls carry a token. */
export function tokenServerNameOf(domain: string): string {
  return `token.${domain}.skep`;
}
