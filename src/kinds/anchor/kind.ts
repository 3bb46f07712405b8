import { defineKind, type SystemKind } from '../custom-kind.js';
import { objectOf } from '../object-of.js';
import { text, uint } from '../schema.js';

/** Fields of one anchor. Its id is the id of the member. */
export interface AnchorBody {
  /** Number of the last line of the member's audit. */
  readonly line: number;
  /** SHA-256 of that line in hexadecimal digits. */
  readonly hash: string;
}

/** Heads of the audits of the members: who rewrites a file of one member would have to rewrite the cluster, too. */
export const anchors: SystemKind<AnchorBody, Record<never, never>, 'anchors'> = defineKind({
  name: 'anchors',
  schema: objectOf<AnchorBody>()({ line: uint(), hash: text() }),
  indexes: {},
  validate: ({ hash }) => (/^[0-9a-f]{64}$/.test(hash) ? undefined : 'hash must be 64 hexadecimal digits'),
});
