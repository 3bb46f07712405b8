import type { RawNode, Ready } from '../raft/index.js';
import type { MemoryStore } from '../state/index.js';
import type { decodeTransaction } from '../wire/index.js';
import type { LogStorage } from './log-storage.js';
import type { Members } from './members.js';
import type { Disk, Network } from './ports.js';
import type { ReplicaSettings, ReplicaWorld } from './settings.js';
import type { MemberInfo } from './status.js';

/** Id and name of this member. */
export interface ReplicaIdentity {
  readonly id: number;
  readonly name: string;
}

export interface ReplicaOptions {
  readonly identity: ReplicaIdentity;
  readonly disk: Disk;
  readonly network: Network;
  readonly settings: ReplicaSettings;
  readonly world: ReplicaWorld;
  /** Peers known before the first entry names them: the answer to the join. */
  readonly seeds?: readonly MemberInfo[];
  /** Receives each Ready before it is carried out: a simulation checks its invariants here. */
  readonly observe?: (ready: Ready) => void;
  /** Throws where this member must take no writes, though it leads; asked before each transaction. */
  readonly mustTakeWrites?: (() => void) | undefined;
  /** Decodes the payload of an entry: members in one process may share the result. */
  readonly decode?: typeof decodeTransaction;
}

/** Objects that the parts of a member's loop share. */
export interface Shared {
  readonly options: ReplicaOptions;
  readonly store: MemoryStore;
  readonly storage: LogStorage;
  readonly node: RawNode;
  readonly members: Members;
}
