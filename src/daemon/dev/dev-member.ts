import type { Logger } from '../../base/log.js';
import type { ShownMember } from '../../http/index.js';
import type { AnyCustomKind } from '../../kinds/index.js';
import type { MemberInfo } from '../../replica/status.js';
import { measured, shown } from '../http.js';
import { type LeaderLoops, openLeaderLoops } from '../leader-loops.js';
import { partsOf } from '../member-parts.js';
import { openMember, type OpenReplica, type OpenReplicaOptions } from '../open-replica.js';
import { Cut } from './cut-network.js';
import type { MemoryHome } from './memory-home.js';

/** Faster than in production: a person waits for the next leader. Milliseconds. */
const heartbeatMs = 50;
const electionTimeoutMs = 400;
const joinTimeoutMs = 10_000;

/** Place of a member. */
export type DevPlace = { readonly home: MemoryHome } | { readonly dataDir: string };

export interface DevMemberOptions {
  readonly name: string;
  readonly addr: string;
  readonly place: DevPlace;
  readonly kinds: readonly AnyCustomKind[];
  readonly logger: Logger;
  /** Receives every leader that the member learns of, with the term. */
  readonly onLeader: (leader: MemberInfo | undefined, term: number) => void;
}

/** One member of the playground: it can be killed, revived and cut off. */
export class DevMember {
  readonly name: string;
  readonly addr: string;
  readonly #options: DevMemberOptions;
  readonly #cut = new Cut();
  #open: { readonly replica: OpenReplica; readonly shown: ShownMember; readonly loops: LeaderLoops } | undefined;

  constructor(options: DevMemberOptions) {
    this.name = options.name;
    this.addr = options.addr;
    this.#options = options;
  }

  /** Starts it: as it was, or in the cluster of others. */
  async start(how: Pick<OpenReplicaOptions, 'peers' | 'join'> = {}): Promise<void> {
    const { name, addr, place, kinds, logger, onLeader } = this.#options;
    const { meter, given } = measured();
    const replica = await openMember(
      {
        ...{ name, listenAddr: addr, kinds, logger, heartbeatMs, electionTimeoutMs, joinTimeoutMs },
        ...('dataDir' in place && { dataDir: place.dataDir }),
        ...how,
      },
      { ...given, network: (network) => this.#cut.around(network), ...('home' in place && { home: place.home }) },
    );
    partsOf(replica).replica.leaders.subscribe((leader) => {
      if (!this.#cut.active) onLeader(leader, partsOf(replica).replica.raftStatus().term);
    });
    this.#open = { replica, shown: shown(replica, meter), loops: openLeaderLoops(replica, logger) };
  }

  /** Ends it without a word to the others, as a crash does. */
  async kill(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    this.#cut.active = false;
    if (!open) return;
    await open.replica.close();
    await open.loops.close();
  }

  cutOff(): void {
    this.#cut.active = true;
  }

  heal(): void {
    this.#cut.active = false;
  }

  get isCut(): boolean {
    return this.#cut.active;
  }

  get isRunning(): boolean {
    return this.#open !== undefined;
  }

  get replica(): OpenReplica | undefined {
    return this.#open?.replica;
  }

  get shown(): ShownMember | undefined {
    return this.#open?.shown;
  }

  /** True when it leads and the others can know it. */
  get leads(): boolean {
    return this.#open?.replica.isLeader === true && !this.#cut.active;
  }

  /** Resolves when it knows a leader that a majority follows. */
  async ready(timeoutMs: number): Promise<void> {
    await this.#open?.replica.linearizable(() => undefined, { timeoutMs });
  }

  /** Asks the others to elect it, where none leads. */
  campaign(): void {
    if (this.#open) partsOf(this.#open.replica).replica.campaign();
  }

  /** State in one word. */
  get state(): string {
    if (!this.#open) return 'down';
    if (this.#cut.active) return 'cut off';
    return this.#open.replica.isLeader ? 'leader' : 'follower';
  }
}
