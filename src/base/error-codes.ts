import type { ExitName } from './exits.js';

/** Name of a gRPC status that errors use. */
export type GrpcStatusName =
  | 'INVALID_ARGUMENT'
  | 'DEADLINE_EXCEEDED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'ABORTED'
  | 'OUT_OF_RANGE'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'DATA_LOSS'
  | 'PERMISSION_DENIED'
  | 'UNAUTHENTICATED';

/** gRPC's numbers of these statuses. */
export const grpcStatuses = {
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  PERMISSION_DENIED: 7,
  UNAUTHENTICATED: 16,
} as const satisfies Record<GrpcStatusName, number>;

/** Meaning of a code of an error, and what to do about it. */
export interface ErrorCodeRow {
  /** Meaning, in one sentence. */
  readonly meaning: string;
  /** Advice for the caller that gets it, in one sentence. */
  readonly todo: string;
  /** Exit code of a command that ends with it. */
  readonly exit: ExitName;
}

/** Row of a code that also travels between processes. */
export interface StoreErrorRow extends ErrorCodeRow {
  /** Status of a call that ends with it. */
  readonly status: GrpcStatusName;
}

/** Has the compiler keep the codes, and not each sentence, as a type. */
const table =
  <Row>() =>
  <Code extends string>(rows: Readonly<Record<Code, Row>>) =>
    rows;

/**
 * Table of the codes of a `StoreError`: what each means and what to do about it. Types, gRPC statuses, exit codes and docs/errors.md are made from this table, so a code
 * has one meaning and one advice everywhere.
 */
export const errorCodes = table<StoreErrorRow>()({
  ALREADY_EXISTS: {
    meaning: 'There is an object of that id, or a file of that name, already.',
    todo: 'Choose another, or update the one that is there.',
    status: 'ALREADY_EXISTS',
    exit: 'conflict',
  },
  NOT_FOUND: {
    meaning: 'There is no object or member of that id or name; it may have been removed meanwhile.',
    todo: 'List what is there, and name that.',
    status: 'NOT_FOUND',
    exit: 'notFound',
  },
  NAME_CONFLICT: {
    meaning: 'Another object or member has the name, or the value of a unique index; the message says which.',
    todo: 'Choose another name, or update or remove the other one.',
    status: 'ALREADY_EXISTS',
    exit: 'conflict',
  },
  SEQUENCE_CONFLICT: {
    meaning: 'The object, or something that a plan read, has changed since it was read.',
    todo: 'Read again, decide again, write again.',
    status: 'ABORTED',
    exit: 'conflict',
  },
  INVALID_FIND_BY: {
    meaning: 'This kind cannot be looked up like that.',
    todo: 'Use an index that the kind has.',
    status: 'INVALID_ARGUMENT',
    exit: 'invalid',
  },
  INVALID_OBJECT: {
    meaning: 'The object or request is not valid; `details.path` says where.',
    todo: 'Correct what the message names.',
    status: 'INVALID_ARGUMENT',
    exit: 'invalid',
  },
  UNKNOWN_KIND: {
    meaning: 'The kind is not defined here.',
    todo: 'Check its spelling, or give each member the kind: `kinds: [...]`, `--kinds`.',
    status: 'FAILED_PRECONDITION',
    exit: 'notFound',
  },
  IN_USE: {
    meaning: 'Something else needs the object, or has what it wants; the message says who.',
    todo: 'Change that first.',
    status: 'FAILED_PRECONDITION',
    exit: 'conflict',
  },
  CONDITION_FAILED: {
    meaning: 'A condition that was given with the change does not hold.',
    todo: 'Read again, then write.',
    status: 'ABORTED',
    exit: 'conflict',
  },
  LEASE_LOST: {
    meaning: 'The lease has expired, and so has the lock that was attached to it.',
    todo: 'Stop, and begin again from the start.',
    status: 'FAILED_PRECONDITION',
    exit: 'conflict',
  },
  LIMIT_EXCEEDED: {
    meaning: 'There are as many objects, bytes or items as the limit allows.',
    todo: 'Remove some, or raise the limit.',
    status: 'RESOURCE_EXHAUSTED',
    exit: 'invalid',
  },
  TOO_LARGE: {
    meaning: 'A transaction, a batch step or a request takes more bytes than one may.',
    todo: 'Split it, or use `batch`.',
    status: 'RESOURCE_EXHAUSTED',
    exit: 'invalid',
  },
  NOT_LEADER: {
    meaning: 'No leader took the request: nothing was proposed.',
    todo: 'Ask the leader (`details.leader`), or wait for one; check the addresses that do not answer (`details.unreached`).',
    status: 'UNAVAILABLE',
    exit: 'unavailable',
  },
  QUORUM_LOST: {
    meaning: 'No majority of the voters answers: nothing was done.',
    todo: 'Start those that do not answer (`details.unreached`), or remove what is lost for good.',
    status: 'UNAVAILABLE',
    exit: 'unavailable',
  },
  WOULD_LOSE_QUORUM: {
    meaning: 'The membership change was refused: too few of the voters left would answer.',
    todo: 'Bring those that do not answer (`details.unreached`) back, remove them first, or use `force`.',
    status: 'FAILED_PRECONDITION',
    exit: 'invalid',
  },
  REMOVED: {
    meaning: 'This member was removed from the cluster, which goes on without it.',
    todo: 'To take part again, start it with an empty data directory.',
    status: 'FAILED_PRECONDITION',
    exit: 'failed',
  },
  PEERS_DIFFER: {
    meaning: 'The members that form a cluster were given different lists of peers, or lists without one of them.',
    todo: 'Give every member the same list, with the address of each.',
    status: 'FAILED_PRECONDITION',
    exit: 'invalid',
  },
  SECURITY_DIFFERS: {
    meaning:
      'The cluster proves identities and speaks TLS, and the member that joins it does not; or the other way round.',
    todo: 'Start the member with the setting `security` of its cluster.',
    status: 'FAILED_PRECONDITION',
    exit: 'invalid',
  },
  INCOMPATIBLE: {
    meaning: 'The other side speaks a protocol or format that this one does not know.',
    todo: 'Check that both are skep, and run the same version on both.',
    status: 'FAILED_PRECONDITION',
    exit: 'failed',
  },
  UNAUTHENTICATED: {
    meaning: 'The cluster does not know the caller: there is no certificate or token, or it no longer counts.',
    todo: 'Ask an admin for a token, then `skep login HOST`.',
    status: 'UNAUTHENTICATED',
    exit: 'denied',
  },
  DENIED: {
    meaning: 'The caller is known, and may not do this.',
    todo: 'Ask an admin for the right that the message names; `skep can` says what is allowed.',
    status: 'PERMISSION_DENIED',
    exit: 'denied',
  },
  AUDIT_BLOCKED: {
    meaning: 'The member keeps an audit, cannot write its file, and takes no writes meanwhile.',
    todo: 'Make room for the file, or correct its rights; the log of the member says what is wrong.',
    status: 'FAILED_PRECONDITION',
    exit: 'unavailable',
  },
  OUTCOME_UNKNOWN: {
    meaning: 'It was proposed, no answer came, and it may still be carried out.',
    todo: 'Read before you write again, or repeat with the same `requestId`.',
    status: 'DEADLINE_EXCEEDED',
    exit: 'timeout',
  },
  BUSY: {
    meaning: 'Another change is under way and did not end in time: nothing was proposed.',
    todo: 'Try again; do not await an `update` inside a batch.',
    status: 'ABORTED',
    exit: 'conflict',
  },
  WATCH_OVERFLOW: {
    meaning: 'The reader of a watch fell behind.',
    todo: 'Read the state again and open a new watch.',
    status: 'RESOURCE_EXHAUSTED',
    exit: 'failed',
  },
  RESYNC: {
    meaning: 'A watch cannot go on without a gap: the state was replaced, up to `details.version`.',
    todo: 'Read the state again and watch from there.',
    status: 'OUT_OF_RANGE',
    exit: 'failed',
  },
  VERSION_COMPACTED: {
    meaning: 'History does not reach back that far; `details.version` is the oldest version to watch from.',
    todo: 'Read the state again and watch from there.',
    status: 'OUT_OF_RANGE',
    exit: 'failed',
  },
  VERSION_AHEAD: {
    meaning: 'That version is not here yet; `details.version` is the newest one here.',
    todo: 'Wait, or ask a member that has it.',
    status: 'OUT_OF_RANGE',
    exit: 'failed',
  },
  VERSION_GAP: {
    meaning: 'Transactions were applied out of order: there is a hole or a repeat in the log.',
    todo: 'Stop, and begin from a snapshot.',
    status: 'INTERNAL',
    exit: 'failed',
  },
  ASYNC_CALLBACK: {
    meaning: 'The callback of a transaction returned a promise.',
    todo: 'Wait outside of the callback.',
    status: 'INTERNAL',
    exit: 'failed',
  },
  TX_CLOSED: {
    meaning: 'A transaction was used after its callback had ended, or from inside one of its own calls.',
    todo: 'Correct the callback.',
    status: 'INTERNAL',
    exit: 'failed',
  },
  NOT_SUPPORTED: {
    meaning: 'A store of this sort, or an object of this kind, is never changed so; the message says which.',
    todo: 'Do what the message names.',
    status: 'FAILED_PRECONDITION',
    exit: 'invalid',
  },
  ENGINE_UNREACHABLE: {
    meaning:
      'No manager has a connection to the Docker engine: none drives it, or it does not answer the one that does.',
    todo: 'Check the engine, and that a manager with `--fleet` reaches it; then try again.',
    status: 'UNAVAILABLE',
    exit: 'unavailable',
  },
  DISK_FAILED: {
    meaning: 'The disk refused a write, so this member has ended; the others go on.',
    todo: 'Make room or replace the disk, then start the member again.',
    status: 'UNAVAILABLE',
    exit: 'failed',
  },
  DAMAGED: {
    meaning: 'Data on disk is not what was written, or its end is lost.',
    todo: 'Move the directory away, remove the member, and join again with an empty directory.',
    status: 'DATA_LOSS',
    exit: 'invalid',
  },
  CLOSED: {
    meaning: 'The store, the replica or the client was closed; what was proposed before may still commit.',
    todo: 'Open it again, or ask another member.',
    status: 'UNAVAILABLE',
    exit: 'unavailable',
  },
});

/** Code of a `StoreError`. */
export type StoreErrorCode = keyof typeof errorCodes;

/** Every code of a `StoreError`. */
export const storeErrorCodes = Object.keys(errorCodes) as readonly StoreErrorCode[];

/**
 * The codes of a `DirectoryError`: a data directory cannot be used at the moment. Nothing in it is damaged, and nothing
 * was changed.
 */
export const directoryCodes = table<ErrorCodeRow>()({
  NOT_ALLOWED: {
    meaning: 'The user that runs the member may not read or write the directory.',
    todo: 'Let the user read and write everything below it (`chown -R`, `chmod`).',
    exit: 'denied',
  },
  READ_ONLY: {
    meaning: 'The file system is read-only.',
    todo: 'Mount it for writing, or choose another directory.',
    exit: 'failed',
  },
  DISK_FULL: { meaning: 'The disk is full.', todo: 'Make room.', exit: 'failed' },
  TOO_MANY_FILES: {
    meaning: 'The process may not open more files, or has no memory.',
    todo: 'Raise its limits (`ulimit -n`).',
    exit: 'failed',
  },
  LOCKED: {
    meaning: 'Another process has the directory open.',
    todo: 'Stop that one first.',
    exit: 'conflict',
  },
  OTHER_FORMAT: {
    meaning: 'Another version of skep wrote the directory, in a format that this one does not know.',
    todo: 'Run the version that wrote it, or move the directory away.',
    exit: 'invalid',
  },
  OTHER_PURPOSE: {
    meaning: 'The directory belongs to another member, or was begun in another way than it is now opened.',
    todo: 'Start it as it was begun, or choose another directory.',
    exit: 'conflict',
  },
});

/** Code of a `DirectoryError`. */
export type DirectoryCode = keyof typeof directoryCodes;
