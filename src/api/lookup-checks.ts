import { StoreError } from '../base/store-error.js';
import { sha256Hex } from '../identity/index.js';
import type { ReadTx, StoredObject } from '../kinds/index.js';
import type { messages } from '../wire/index.js';
import { lookupOf } from './filters.js';
import { checkedKind } from './names.js';
import { foundIn } from './reads.js';
import type { Rights } from './rights.js';

/** Objects that are looked at before other work goes on. */
const sliceObjects = 256;

/** Checks that lookups find what their reader saw, with the rights of the caller. Throws `DENIED`, `CONDITION_FAILED`. */
export function* checkLookups(
  tx: ReadTx,
  lookups: readonly messages.LookupCondition[],
  rights: Rights,
): Generator<undefined, void> {
  for (const { kind, filter, limit, found } of lookups) {
    const by = lookupOf(checkedKind(kind), filter);
    rights.checkKind(kind);
    const most = limit > 0 ? limit : Infinity;
    // As in a list, objects that the caller may not read do not count.
    const objects = foundIn(tx, kind, by, most < Infinity && !rights.limited ? { limit } : {});
    const lines: string[] = [];
    for (const object of objects) {
      if (lines.length >= most) break;
      if (!rights.limited || rights.mayRead(kind, object)) lines.push(lineOf(object));
      if (lines.length % sliceObjects === 0) yield undefined;
    }
    if (sha256Hex(lines.join('')) !== found)
      throw new StoreError('CONDITION_FAILED', `the ${kind} objects of a lookup have changed since they were read`);
  }
}

const lineOf = ({ id, meta }: StoredObject) => `${id} ${meta.version}\n`;
