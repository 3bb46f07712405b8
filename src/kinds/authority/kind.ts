import { defineKind, type SystemKind } from '../custom-kind.js';
import { objectOf } from '../object-of.js';
import { text } from '../schema.js';

/** Fields of one root of the cluster's certificates. */
export interface AuthorityBody {
  /** Trust domain: the same for every root of a cluster, for ever. */
  readonly domain: string;
  /** Certificate of the root, in PEM. */
  readonly certificate: string;
  /** Private key, PKCS#8 in PEM. No API shows it, and no saved state holds it. `''` where an outside CA signs. */
  readonly key: string;
  /** Digest of its public key, as tokens pin it. */
  readonly digest: string;
}

/** Roots of the cluster's certificates. Every member holds the key, so every member can renew its own certificate. */
export const authorities: SystemKind<AuthorityBody, { readonly digest: string }, 'authorities'> = defineKind({
  name: 'authorities',
  schema: objectOf<AuthorityBody>()({ domain: text(), certificate: text(), key: text(), digest: text() }),
  indexes: { digest: (root) => root.digest },
  unique: ['digest'],
});
