export { messageCodec } from './codec.js';
export type { MessageCodec } from './codec.js';
export { DecodeError, TooManyError } from './decode-error.js';
export type * as messages from './generated/messages.js';
export { bodyCharactersMax, changesMax, itemsTotalMax, selectedMax } from './limits.js';
export { decodeObject, encodeObject, fromAny, toAny } from './objects.js';
export {
  decodeTransaction,
  decodingTransaction,
  encodeRestoreStep,
  encodeTransaction,
  sizeOfAction,
} from './transaction.js';
export type { DecodedTransaction } from './transaction.js';
export {
  decodeEntry,
  encodeEntry,
  fromWireBatch,
  fromWireMessage,
  throughWire,
  toWireBatch,
  toWireMessage,
} from './raft.js';
export { encodeSnapshot, fromRequestRecords, SnapshotDecoder, snapshotFormat, toRequestRecords } from './snapshot.js';
export type { ClusterSnapshot } from './snapshot.js';
export { descriptor } from './generated/descriptor.js';
export { methodsOf, packageName } from './schema.js';
