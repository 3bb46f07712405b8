import type { Clock } from '../../base/clock.js';
import type { Rights } from '../../api/index.js';
import type { ReadTx } from '../../kinds/index.js';
import type { Asked } from '../asked.js';
import type { ShownMember } from '../member.js';
import type { Reader } from '../reader.js';

/** Request for JSON. */
export interface RouteCall {
  readonly member: ShownMember;
  readonly asked: Asked;
  readonly reader: Reader;
  /** Parts of the path that stand for a value. */
  readonly parts: readonly string[];
  readonly clock: Clock;
}

/** Route that answers with JSON. `*` in its path stands for a value. */
export interface JsonRoute {
  readonly path: string;
  /** Description for the list of routes at `/api`. */
  readonly says: string;
  answer(call: RouteCall): object | Promise<object>;
}

/** Time limit of a read that a majority confirms, milliseconds. */
const confirmMs = 5_000;

/** State that is read. */
interface Reading {
  readonly tx: ReadTx;
  readonly version: number;
  /** Rights of the reader in this state. */
  readonly rights: Rights;
}

/**
 * Reads what the answering member holds. With `consistent=true` a majority has confirmed that it holds everything that was
 * committed when the request came.
 */
export async function read<T>({ member, asked, reader }: RouteCall, run: (reading: Reading) => T): Promise<T> {
  const consistent = asked.flag('consistent');
  asked.finish();
  const { replica } = member;
  if (consistent) await replica.linearizable(() => undefined, { timeoutMs: confirmMs });
  const tx = replica.store.openView();
  return run({ tx, version: tx.version, rights: reader.rights(tx) });
}
