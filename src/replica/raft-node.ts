import { RawNode } from '../raft/index.js';
import type { LogStorage } from './log-storage.js';
import type { ReplicaOptions } from './options.js';
import { raftLogger } from './raft-log.js';
import type { ReplicaSettings } from './settings.js';

const mebibyte = 1024 * 1024;

/** Most bytes of committed entries that one Ready hands out. */
const committedBytesMax = mebibyte;
/** Most bytes of proposals that are not yet applied. */
const uncommittedBytesMax = 64 * mebibyte;
/** Most messages, and most bytes, in flight to one peer. */
const inflightMessagesMax = 256;
const inflightBytesMax = 8 * mebibyte;

/** Election timeout in raft ticks: one tick is a heartbeat. */
export const electionTicks = ({ electionTimeoutMs, heartbeatMs }: ReplicaSettings): number =>
  Math.max(2, Math.round(electionTimeoutMs / heartbeatMs));

/** Makes the raft core of a member from its log; `applied` is the index of the snapshot that the log begins with. */
export function raftNode(
  { identity, settings, world }: ReplicaOptions,
  storage: LogStorage,
  applied: number,
  nameOf: (id: number) => string | undefined,
): RawNode {
  return new RawNode(
    {
      id: identity.id,
      electionTicks: electionTicks(settings),
      heartbeatTicks: 1,
      applied,
      maxSizePerMessage: settings.messageBytes,
      maxCommittedSizePerReady: committedBytesMax,
      maxUncommittedSize: uncommittedBytesMax,
      maxInflightMessages: inflightMessagesMax,
      maxInflightBytes: Math.max(inflightBytesMax, settings.messageBytes),
      checkQuorum: true,
      preVote: true,
      disableProposalForwarding: true,
      stepDownOnRemoval: true,
      random: world.random,
      logger: raftLogger(world.logger, nameOf, world.clock),
    },
    storage,
  );
}
