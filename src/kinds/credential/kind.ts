import { defineKind, type SystemKind } from '../custom-kind.js';
import { objectOf } from '../object-of.js';
import { text, uint } from '../schema.js';

/** Fields of one certificate that the cluster has issued. Its id is the serial number in hexadecimal digits. */
export interface CredentialBody {
  /** Owner, as `user/alice`. */
  readonly identity: string;
  /** The certificate in PEM: a repeated request gets the same one. */
  readonly certificate: string;
  /** SHA-256 of the request. */
  readonly request: string;
  /** End of its life, milliseconds since the epoch. */
  readonly notAfter: number;
  /** Id of the token that was spent for it; `''` for a renewal. */
  readonly token: string;
}

/** Values of the indexes of {@link credentials}. */
export interface CredentialIndexes {
  /** Owner, as `user/alice`. */
  readonly identity: string;
  /** SHA-256 of the request. */
  readonly request: string;
}

/** Certificates of workers and users. To delete one is to revoke it, at once and on every member. */
export const credentials: SystemKind<CredentialBody, CredentialIndexes, 'credentials'> = defineKind({
  name: 'credentials',
  schema: objectOf<CredentialBody>()({
    identity: text(),
    certificate: text(),
    request: text(),
    notAfter: uint(),
    token: text(),
  }),
  indexes: { identity: (one) => one.identity, request: (one) => one.request },
});
