import { DamageError } from '../base/damage.js';
import { messageOf } from '../base/errors.js';
import { StoreError } from '../base/store-error.js';
import type { ConfState, InstallSnapshot, Message } from '../raft/index.js';
import type { Shared } from './options.js';
import type { Acknowledged } from './ports.js';
import type { Snapshots } from './snapshots.js';
import type { AppliedState } from './state-machine.js';

/** The loop as its peers drive it. */
export interface Driven {
  readonly closed: boolean;
  /** Runs soon, because raft has something to say. */
  wake(): void;
  stop(reason: Error): Promise<void>;
}

/** Traffic with the other members: raft messages and snapshots in both directions. */
export class Peers {
  readonly #shared: Shared;
  readonly #state: AppliedState;
  readonly #snapshots: Snapshots;
  readonly #loop: Driven;
  /** Moment of the last message from each member, by the monotonic clock. */
  readonly #heardAt = new Map<number, number>();

  constructor(shared: Shared, state: AppliedState, snapshots: Snapshots, loop: Driven) {
    this.#shared = shared;
    this.#state = state;
    this.#snapshots = snapshots;
    this.#loop = loop;
  }

  /** Begins to receive. */
  start(): void {
    const { node, members, options } = this.#shared;
    this.follow();
    options.network.start({
      onMessages: (messages) => this.#receive(messages),
      onSnapshot: (message, chunks) => this.#receiveSnapshot(message, chunks),
      onUnreachable: (id) => node.reportUnreachable(id),
      onRemoved: () => void this.#loop.stop(removed()),
      isMember: (id) => members.get(id) !== undefined || isIn(this.#state.confState, id),
      wasRemoved: (id) => members.wasRemoved(id),
      lastIndex: () => node.basicStatus().lastIndex,
      acknowledged: (id) => this.#acknowledgedBy(id),
      onAcknowledged: (reached) => this.#compare(reached),
    });
  }

  /** Tells the network of a changed membership. */
  follow(): void {
    this.#shared.options.network.setMembers(this.#shared.members.list());
  }

  /** True when this member sent a message at `since` or later, by the monotonic clock; always true for this member itself. */
  heardSince(id: number, since: number): boolean {
    return id === this.#shared.options.identity.id || (this.#heardAt.get(id) ?? -Infinity) >= since;
  }

  send(messages: readonly Message[]): void {
    const plain = messages.filter(({ type }) => type !== 'installSnapshot');
    if (plain.length > 0) this.#shared.options.network.send(plain);
    for (const message of messages) if (message.type === 'installSnapshot') this.#sendSnapshot(message);
  }

  #sendSnapshot(message: InstallSnapshot): void {
    const { options, members } = this.#shared;
    const { network, disk, world } = options;
    network.sendSnapshot(message, disk.readSnapshot(message.snapshot)).then(
      () => this.#snapshotSent(message, true),
      (error: unknown) => {
        world.logger.warn('a snapshot was not delivered', {
          to: members.get(message.to)?.name ?? message.to,
          error: messageOf(error),
        });
        this.#snapshotSent(message, false);
      },
    );
  }

  #snapshotSent({ to }: InstallSnapshot, ok: boolean): void {
    if (this.#loop.closed) return;
    this.#shared.node.reportSnapshot(to, ok);
    this.#loop.wake();
  }

  #receive(messages: readonly Message[]): void {
    if (this.#loop.closed) return;
    const { node, options } = this.#shared;
    try {
      const now = options.world.clock.monotonic();
      for (const message of messages) {
        if (message.to !== options.identity.id) continue;
        this.#heardAt.set(message.from, now);
        node.stepOwned(message);
      }
    } catch (error) {
      void this.#loop.stop(error as Error);
      return;
    }
    this.#loop.wake();
  }

  async #receiveSnapshot(message: InstallSnapshot, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#snapshots.stage(message.snapshot, chunks);
    this.#receive([message]);
  }

  #acknowledgedBy(id: number): Acknowledged | undefined {
    const { term, progress } = this.#shared.node.status();
    const index = progress?.get(id)?.match;
    return index === undefined ? undefined : { term, index };
  }

  /**
   * Stops a member that has lost the end of its log. In one term, no entry that was acknowledged to its leader is ever
   * truncated.
   */
  #compare({ term, index }: Acknowledged): void {
    const own = this.#shared.node.basicStatus();
    if (this.#loop.closed || term < own.term || index <= own.lastIndex) return;
    const what = `the log ends at entry ${own.lastIndex}, and this member had acknowledged entry ${index} to the leader of term ${term}: its end is lost, or the directory is an old copy`;
    void this.#loop.stop(new DamageError(what));
  }
}

function isIn({ voters, learners, votersOutgoing }: ConfState, id: number): boolean {
  return [voters, learners, votersOutgoing].some((ids) => ids.includes(id));
}

/** Makes the reason of a member's end that is no fault of its own: the others go on without it. */
const removed = () =>
  new StoreError(
    'REMOVED',
    'this member was removed from the cluster: to take part again, start it with an empty data directory',
  );
