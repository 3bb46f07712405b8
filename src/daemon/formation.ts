import { type Clock, sleep } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { newId } from '../base/ids.js';
import type { Logger } from '../base/log.js';
import type { Random } from '../base/random.js';
import { StoreError } from '../base/store-error.js';
import {
  accept,
  bound,
  type FormationBallot,
  type FormationRecord,
  type Genesis,
  isFounder,
  majorityOf,
  type MemberInfo,
  promise,
} from '../replica/index.js';
import type { messages } from '../wire/index.js';

type FormationRequest = messages.FormationRequest;
type FormationAnswer = messages.FormationAnswer;

/** Asks the process at an address. Rejects when it does not answer. */
export type AskPeer = (addr: string, request: FormationRequest) => Promise<FormationAnswer>;

export interface FormationOptions {
  readonly self: () => MemberInfo;
  /** Sorted, each address once. When empty, this member only reports whether it is in a cluster. */
  readonly peers: readonly string[];
  readonly record: FormationRecord;
  /** True when this member belongs to a cluster already, or knows of one. */
  readonly formed: boolean;
  /** Makes a record durable; awaited before the answer that depends on it leaves. */
  readonly write: (record: FormationRecord) => Promise<void>;
  readonly ask: AskPeer;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Outcome. `begin`: this member is one of the first voters. `join`: a cluster exists and accepts new members. */
export type Formed = { readonly do: 'begin'; readonly genesis: Genesis } | { readonly do: 'join' };

/**
 * Limit for waiting for the other peers once a majority has answered, milliseconds: three voters are better than two.
 */
const graceMs = 3_000;
/** Pause between two rounds, and its random extra, milliseconds. */
const pauseMs = 150;
const spreadMs = 250;
/** Interval for logging the missing peers, milliseconds. */
const reportMs = 10_000;
/** Time after which missing peers are a warning: until then the others are starting too, milliseconds. */
const patienceMs = 3_000;

/** The highest round that is taken: a higher one leaves none for later. */
const roundMax = 2 ** 40;

/** Tells whether a cluster of these peers can begin with this. */
function isPossible({ clusterId, lineage, members }: Genesis, peers: readonly string[]): boolean {
  return clusterId !== '' && lineage !== '' && members.length >= majorityOf(peers) && members.length <= peers.length;
}

/**
 * One member's part in forming a cluster. It answers the others from the moment it listens, and asks them until a
 * cluster is found or begun.
 *
 * A cluster begins once: later proposers must propose again the value that a majority of the list has accepted. A
 * member that has lost its disk has lost its promise too; it finds the cluster of the others.
 */
export class Formation {
  readonly #options: FormationOptions;
  #record: FormationRecord;
  /** Queue of steps: each depends on the record that the one before has written. */
  #turn: Promise<unknown> = Promise.resolve();
  #formed: boolean;
  #reportedAt = -Infinity;
  #missingSince: number | undefined;
  #stopped = false;

  constructor(options: FormationOptions) {
    this.#options = options;
    this.#record = options.record;
    this.#formed = options.formed;
  }

  /**
   * Marks this member as belonging to a cluster from now on. `genesis`: the first state of the cluster, when this
   * member was a founder. A founder that does not know it yet begins with it too. Resolves when the record is
   * durable.
   */
  async settle(genesis: Genesis | undefined): Promise<void> {
    const { accepted, promised } = this.#record;
    const at = accepted?.at ?? promised ?? { round: 0, by: this.#options.self().id };
    const record = genesis ? { promised: at, accepted: { at, genesis } } : {};
    const written = this.#turn.then(() => this.#options.write(record));
    this.#turn = written.catch(() => undefined);
    await written;
    this.#record = record;
    this.#formed = true;
  }

  /** Ends {@link run} with `CLOSED`, within one pause. */
  stop(): void {
    this.#stopped = true;
  }

  /** Answers another member, or ourselves. Throws {@link StoreError} `PEERS_DIFFER` for another list of peers. */
  answer(request: FormationRequest): Promise<FormationAnswer> {
    const answered = this.#turn.then(() => this.#answer(request));
    this.#turn = answered.catch(() => undefined);
    return answered;
  }

  async #answer({ member, peers, ballot, genesis }: FormationRequest): Promise<FormationAnswer> {
    const { self, peers: ours, write } = this.#options;
    if (this.#formed) return this.#said(false);
    if (ours.join() !== peers.join())
      throw new StoreError(
        'PEERS_DIFFER',
        `${self().name} was started with other peers than ${member.name} (${ours.join(', ') || 'none'}, and ${peers.join(', ')}): give every member the same list`,
      );
    if (!ballot) return this.#said(false);
    if (ballot.round > roundMax || (genesis && !isPossible(genesis, ours)))
      throw new StoreError('INVALID_OBJECT', `no member of ${ours.join(', ')} can have asked this: it is refused`);
    const step = genesis ? accept(this.#record, ballot, genesis) : promise(this.#record, ballot);
    if (step.record !== this.#record) {
      await write(step.record);
      this.#record = step.record;
    }
    return this.#said(step.granted);
  }

  #said(granted: boolean): FormationAnswer {
    const { promised, accepted } = this.#record;
    return {
      member: this.#options.self(),
      peers: this.#options.peers,
      formed: this.#formed,
      granted,
      ...(promised && { promised }),
      ...(accepted && { acceptedAt: accepted.at, genesis: accepted.genesis }),
    };
  }

  /**
   * Resolves with this member's part. Waits for a majority of the peers without a limit, and logs the missing ones.
   * @throws {StoreError} `CLOSED` after {@link stop}; `PEERS_DIFFER` when all peers answer and none of them is this
   *   member.
   */
  async run(): Promise<Formed> {
    const { clock, random, peers } = this.#options;
    const majority = majorityOf(peers);
    let majoritySince: number | undefined;
    for (;;) {
      const answers = await this.#askAll();
      const found = this.#found(answers);
      if (found) return found;
      this.#checkListed(answers);
      if (answers.length >= majority) {
        majoritySince ??= clock.monotonic();
        this.#missingSince = undefined;
      } else majoritySince = undefined;
      const waited = majoritySince === undefined ? 0 : clock.monotonic() - majoritySince;
      const complete = answers.length === peers.length || waited >= graceMs;
      if (majoritySince === undefined) this.#report(answers);
      else if (complete && this.#isOurTurn(answers, waited)) {
        const formed = await this.#propose(answers);
        if (formed) return formed;
      }
      await sleep(clock, pauseMs + random(spreadMs));
      if (this.#stopped) throw new StoreError('CLOSED', 'the member was closed while its cluster was being formed');
    }
  }

  /** Tells whether this member proposes. The lowest id does; the others do when that has not succeeded for a while. */
  #isOurTurn(answers: readonly FormationAnswer[], waitedMs: number): boolean {
    const { id } = this.#options.self();
    const before = answers.filter(({ member }) => member.id < id).length;
    return waitedMs >= before * graceMs;
  }

  async #propose(heard: readonly FormationAnswer[]): Promise<Formed | undefined> {
    const { peers, random, self } = this.#options;
    const known = [this.#record.promised, ...heard.map(({ promised }) => promised)];
    const seen = Math.max(...known.map((ballot) => ballot?.round ?? 0));
    const ballot: FormationBallot = { round: seen + 1, by: self().id };
    // Our own promise first: after a crash we must not reuse this ballot for another value.
    await this.answer({ member: self(), peers, ballot });
    const promises = (await this.#askAll({ ballot })).filter(({ granted }) => granted);
    if (promises.length < majorityOf(peers)) return undefined;
    const genesis = bound(promises) ?? {
      clusterId: newId(random),
      lineage: newId(random),
      members: promises.map(({ member }) => member).sort((a, b) => a.id - b.id),
    };
    const answers = await this.#askAll({ ballot, genesis });
    const accepted = answers.filter(({ granted }) => granted);
    if (accepted.length < majorityOf(peers)) return this.#found(answers);
    // Chosen. When we are not among its voters, one of them learns of it in its own next round.
    return isFounder(genesis, self()) ? { do: 'begin', genesis } : undefined;
  }

  /** Handles an existing cluster: this member may be a founder that missed its beginning. */
  #found(answers: readonly FormationAnswer[]): Formed | undefined {
    const formed = answers.find((answer) => answer.formed);
    if (!formed) return undefined;
    const { genesis } = formed;
    return genesis && isFounder(genesis, this.#options.self()) ? { do: 'begin', genesis } : { do: 'join' };
  }

  /** Answers of all reachable members, each once. */
  async #askAll(step: { ballot?: FormationBallot; genesis?: Genesis } = {}): Promise<FormationAnswer[]> {
    const { peers, self, ask, logger } = this.#options;
    const request = { member: self(), peers, ...step };
    const answers = await Promise.all(
      peers.map((addr) =>
        ask(addr, request).catch((error: unknown) => {
          if (error instanceof StoreError) logger.warn('a peer takes no part', { addr, error: messageOf(error) });
          return undefined;
        }),
      ),
    );
    const byId = new Map<number, FormationAnswer>();
    for (const answer of answers) if (answer) byId.set(answer.member.id, answer);
    return [...byId.values()];
  }

  #checkListed(answers: readonly FormationAnswer[]): void {
    const { peers, self } = this.#options;
    const { id, name, addrs } = self();
    if (answers.length < peers.length || answers.some(({ member }) => member.id === id)) return;
    throw new StoreError(
      'PEERS_DIFFER',
      `none of the peers ${peers.join(', ')} is ${name} (${addrs.join(', ')}): the list names every member, this one too`,
    );
  }

  #report(answers: readonly FormationAnswer[]): void {
    const { clock, logger, peers } = this.#options;
    const now = clock.monotonic();
    this.#missingSince ??= now;
    const late = now - this.#missingSince >= patienceMs;
    const isFirstWarning = late && this.#reportedAt - this.#missingSince < patienceMs;
    if (now - this.#reportedAt < reportMs && !isFirstWarning) return;
    this.#reportedAt = now;
    const there = new Set(answers.flatMap(({ member }) => member.addrs));
    logger[late ? 'warn' : 'info']('waiting for a majority of the peers', {
      answering: `${answers.length} of ${peers.length}`,
      missing: peers.filter((addr) => !there.has(addr)).join(', '),
    });
  }
}
