import { StoreError } from '../../base/store-error.js';
import { canonicalObject, givenId, givenMeta } from '../../kinds/canonical.js';
import { isKindName } from '../../kinds/definition.js';
import type { KindSet } from '../../kinds/kind-set.js';
import { storedMeta } from '../../kinds/meta.js';
import { describe } from '../../kinds/schema.js';
import type { StateRoot } from '../root.js';
import type { StoreAction, TransactionInfo } from './proposer.js';
import { type ObjectChange, type Stamp, WriteTransaction } from './write-transaction.js';

const actions = new WeakMap<object, StoreAction>();

/** The same change is always the same action: its size and its bytes are worked out once. */
export function actionOf(change: Pick<ObjectChange, 'action' | 'kind' | 'object'>): StoreAction {
  let made = actions.get(change);
  if (!made) {
    const { action, kind, object } = change;
    made = action === 'delete' ? { action: 'remove', kind, id: object.id } : { action, kind, object };
    actions.set(change, made);
  }
  return made;
}

const canonical = new WeakSet<readonly StoreAction[]>();

/** Says that every object in `actions` is in canonical form already, as decoding leaves it. */
export function markCanonical(actions: readonly StoreAction[]): readonly StoreAction[] {
  canonical.add(actions);
  return actions;
}

/** Logged actions with every object in canonical form. Throws `INVALID_OBJECT`. */
export function canonicalActions(actions: readonly StoreAction[], info: Stamp, kinds: KindSet): readonly StoreAction[] {
  return canonical.has(actions) ? actions : actions.map((action) => canonicalAction(action, info, kinds));
}

/**
 * Applies logged actions: values as they are, no version checks; time never goes back. Throws where the log and the state do
 * not fit.
 */
export function applyActions(
  base: StateRoot,
  { version, time, kinds: added = [] }: TransactionInfo,
  actions: readonly StoreAction[],
  kinds: KindSet,
): { root: StateRoot; changes: readonly ObjectChange[] } {
  const tx = new WriteTransaction({ base, kinds, stamp: { version, time: Math.max(time, base.time) } });
  for (const action of actions) {
    const table = tx.of(action.kind);
    if (action.action === 'remove') table.delete(action.id);
    else table.write(action.action, action.object);
  }
  for (const { kind, object } of tx.changes) tx.of(kind).checkNameOf(object.id);
  tx.close();
  return { root: tx.root(added), changes: tx.changes };
}

/** A logged action from outside, in canonical form; `meta` is kept where it is given. */
function canonicalAction(action: StoreAction, info: Stamp, kinds: KindSet): StoreAction {
  const { kind } = action;
  if (!isKindName(kind))
    throw new StoreError('INVALID_OBJECT', `there can be no kind ${inWords(kind)}`, { path: 'kind' });
  if (action.action === 'remove') {
    if (givenId(kind, { id: action.id }) === undefined) throw withoutId(kind);
    return action;
  }
  if (action.action !== 'create' && action.action !== 'update')
    throw new StoreError('INVALID_OBJECT', `there is no action "${inWords((action as { action: unknown }).action)}"`, {
      path: 'action',
    });
  const id = givenId(kind, action.object);
  if (id === undefined) throw withoutId(kind);
  const given = givenMeta(kind, action.object);
  const meta = storedMeta({
    version: given?.version ?? info.version,
    createdAt: given?.createdAt ?? info.time,
    updatedAt: given?.updatedAt ?? info.time,
  });
  return { action: action.action, kind, object: canonicalObject(kinds.get(kind), action.object, id, meta) };
}

const inWords = (word: unknown) => (typeof word === 'string' ? word : describe(word));

const withoutId = (kind: string) =>
  new StoreError('INVALID_OBJECT', `${kind}: a logged object needs an id`, { path: 'id' });
