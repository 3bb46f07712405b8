import {
  isKind,
  markCanonical,
  type Kind,
  type ProposedTransaction,
  type StoreAction,
  type TransactionInfo,
} from '../state/index.js';
import { DecodeError, messageCodec, utf8Length } from './codec.js';
import type { Action, Transaction } from './generated/messages.js';
import { decodeObject, encodeObject } from './objects.js';

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

/** Tags and lengths of an action's parts, at most. */
const overheadBytes = 24;

/** Encoded bytes of one action, or a few more. */
export function sizeOfAction(action: StoreAction): number {
  const { kind, id, object } = wireAction(action);
  return object.length + utf8Length(kind) + utf8Length(id) + overheadBytes;
}

/** The payload of a log entry. */
export function encodeTransaction(transaction: ProposedTransaction): Uint8Array {
  const { actions, ...info } = transaction;
  return codec.encode({ ...info, actions: actions.map(wireAction) });
}

/** What a log entry says. The actions are in canonical form. Throws {@link DecodeError}. */
export function decodeTransaction(payload: Uint8Array): { info: TransactionInfo; actions: readonly StoreAction[] } {
  const { actions, ...info }: Transaction = codec.decode(payload);
  return { info, actions: markCanonical(actions.map(fromWire)) };
}

function fromWire(wire: Action): StoreAction {
  const { op, kind, id, object } = wire;
  const known = knownKind(kind);
  const action: StoreAction =
    op === 'remove'
      ? { action: 'remove', kind: known, id }
      : { action: op, kind: known, object: decodeObject(known, object) };
  encoded.set(action, wire); // whoever applies it asks for its size
  return action;
}

/** A kind that this version knows. */
export function knownKind(kind: string): Kind {
  if (!isKind(kind)) throw new DecodeError(`this version does not know objects of kind "${kind}"`);
  return kind;
}
