import type { Clock } from '../../base/clock.js';
import type { ReadTx } from '../../kinds/index.js';
import type { Asked } from '../asked.js';
import type { ShownMember } from '../member.js';

/** Request for JSON. */
export interface RouteCall {
  readonly member: ShownMember;
  readonly asked: Asked;
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

/**
 * Reads what the answering member holds. With `consistent=true` a majority has confirmed that it holds everything that was
 * committed when the request came.
 */
export async function read<T>({ member, asked }: RouteCall, run: (tx: ReadTx, version: number) => T): Promise<T> {
  const consistent = asked.flag('consistent');
  asked.finish();
  const { replica } = member;
  if (consistent) await replica.linearizable(() => undefined, { timeoutMs: confirmMs });
  const view = replica.store.openView();
  return run(view, view.version);
}
