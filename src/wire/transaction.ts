import { markCanonical, type ProposedTransaction, type StoreAction, type TransactionInfo } from '../state/index.js';
import { messageCodec } from './codec.js';
import type { Action, RestoreStep, Transaction } from './generated/messages.js';
import { checkedKind, decodeObject, encodeObject, sizeOfChange } from './objects.js';

const codec = messageCodec('Transaction');

const encoded = new WeakMap<StoreAction, Action>();

/** An action with its object as bytes; encoded once, because sizing and logging both need it. */
function wireAction(action: StoreAction): Action {
  let wire = encoded.get(action);
  if (!wire) {
    wire =
      action.action === 'remove'
        ? { op: 'remove', kind: action.kind, id: action.id, object: new Uint8Array(0) }
        : {
            op: action.action,
            kind: action.kind,
            id: action.object.id,
            object: encodeObject(action.kind, action.object),
          };
    encoded.set(action, wire);
  }
  return wire;
}

/** Encoded bytes of one action, or a few more. */
export function sizeOfAction(action: StoreAction): number {
  const { kind, id, object } = wireAction(action);
  return sizeOfChange(kind, id, object);
}

/** The payload of a log entry. */
export function encodeTransaction(transaction: ProposedTransaction): Uint8Array {
  const { version, time, actor, reason, requestId, trace, kinds = [], actions } = transaction;
  const labels = { actor, reason, requestId, trace } as Pick<Transaction, 'actor' | 'reason' | 'requestId' | 'trace'>; // absent ones are not written
  return codec.encode(Object.assign(labels, { version, time, kinds, actions: actions.map(wireAction) }));
}

/** The payload of a log entry that is a step of a restore. */
export function encodeRestoreStep(restore: RestoreStep, info: TransactionInfo): Uint8Array {
  return codec.encode({ ...info, kinds: [], actions: [], restore });
}

/** Contents of a log entry. */
export interface DecodedTransaction {
  readonly info: TransactionInfo;
  /** In canonical form. */
  readonly actions: readonly StoreAction[];
  /** The entry is a step of a restore, and no transaction. */
  readonly restore?: RestoreStep;
}

/** Throws {@link DecodeError}. */
export function decodeTransaction(payload: Uint8Array): DecodedTransaction {
  const steps = decodingTransaction(payload);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** As {@link decodeTransaction}, and yields after each action: there may be thousands. */
export function* decodingTransaction(payload: Uint8Array): Generator<undefined, DecodedTransaction> {
  const { actions: encodedActions, kinds, restore, ...rest } = codec.decode(payload);
  const info = kinds.length > 0 ? { ...rest, kinds } : rest;
  const actions: StoreAction[] = [];
  for (const action of encodedActions) {
    actions.push(fromWire(action));
    yield undefined;
  }
  return { info, actions: markCanonical(actions), ...(restore && { restore }) };
}

function fromWire(wire: Action): StoreAction {
  const { op, id, object } = wire;
  const kind = checkedKind(wire.kind);
  return op === 'remove' ? { action: 'remove', kind, id } : { action: op, kind, object: decodeObject(kind, object) };
}
