import { defineKind, type SystemKind } from '../custom-kind.js';
import { objectOf } from '../object-of.js';
import { list, optional, text, uint } from '../schema.js';

/** Fields of one token. Its id is the public part of the token. */
export interface TokenBody {
  /** Purpose: `join-member`, `join-worker`, `join-user` or `bearer`. */
  readonly use: string;
  /** User that it makes a certificate for, or speaks for; `''` for a machine. */
  readonly user: string;
  /** SHA-256 of the secret. The secret itself is shown once, and kept nowhere. */
  readonly hash: string;
  /** End of its life, milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Number of times that it can still be used; 0 is spent. Absent is without a limit. */
  readonly usesLeft?: number;
  /** Identity that made it. */
  readonly createdBy: string;
  /** Note of the one who made it. */
  readonly note: string;
  /** Identities that were made with it, newest last. */
  readonly usedBy: readonly string[];
}

/** Tokens for enrolment and for programs. Expired and spent ones are removed a while later. */
export const tokens: SystemKind<TokenBody, { readonly user: string | undefined }, 'tokens'> = defineKind({
  name: 'tokens',
  schema: objectOf<TokenBody>()({
    use: text(),
    user: text(),
    hash: text(),
    expiresAt: uint(),
    usesLeft: optional(uint()),
    createdBy: text(),
    note: text(),
    usedBy: list(text()),
  }),
  indexes: { user: (token) => token.user || undefined },
});
