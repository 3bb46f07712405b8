/** Role of a member; a candidate and a learner are followers. */
export type Leadership = 'leader' | 'follower';

/** A member of a cluster, as every other one knows it. */
export interface MemberInfo {
  /** Raft id. */
  readonly id: number;
  /** Name, as it was started with. */
  readonly name: string;
  /** Addresses at which others reach it, `host:port`. */
  readonly addrs: readonly string[];
  /** It was demoted: it is not promoted by itself. */
  readonly staysLearner?: boolean;
}

/** Status of a member, as far as it knows itself. */
export interface LocalStatus {
  /** Identity of the cluster. */
  readonly clusterId: string;
  /** Identity of its history; another one after a restore by force. */
  readonly lineage: string;
  /** Raft id of this member. */
  readonly id: number;
  /** Name of this member. */
  readonly name: string;
  /** Raft term. */
  readonly term: number;
  /** Leader, as far as this member knows. */
  readonly leader: MemberInfo | undefined;
  /** Version of the last transaction that was applied. */
  readonly version: number;
  /** Index of the last entry in the log. */
  readonly lastIndex: number;
  /** Index of the last entry that was applied. */
  readonly appliedIndex: number;
  /** Voters and learners. */
  readonly members: readonly (MemberInfo & { readonly role: 'voter' | 'learner' })[];
}
