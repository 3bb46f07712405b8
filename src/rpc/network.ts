import {
  type sendUnaryData,
  type ServerReadableStream,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Clock } from '../base/clock.js';
import { isAddress } from '../base/host-port.js';
import type { Logger } from '../base/log.js';
import { StoreError } from '../base/store-error.js';
import { type Caller, callerText } from '../identity/index.js';
import type { InstallSnapshot, Message } from '../raft/index.js';
import type { MemberInfo, Network, NetworkHandler } from '../replica/index.js';
import { fromWireBatch, fromWireMessage, type messages } from '../wire/index.js';
import { askMember } from './ask.js';
import { clearText, type Dialing } from './dialing.js';
import { callerIn } from './guard.js';
import { type Hello, helloFormat, Peer } from './peer.js';
import { toStatus } from './status.js';

type RaftFrame = messages.RaftFrame;
type SnapshotFrame = messages.SnapshotFrame;

/** The most members, and the most addresses of one, that a member remembers from hellos and answers. */
const heardMax = 64;
const heardAddressesMax = 16;

/** Shortest time between two rounds of questions about unknown members, milliseconds. */
const askAroundMs = 1_000;

/** A message that no member of this cluster sends. It is only logged: no program acts on the reason. */
class Refused extends Error {
  readonly code = status.FAILED_PRECONDITION;
  readonly details: string;

  constructor(details: string) {
    super(details);
    this.details = details;
  }
}

/** Raft messages over gRPC: two streams a peer, and a call of its own for each snapshot. */
export class GrpcNetwork implements Network {
  readonly #self: number;
  readonly #clusterId: () => string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #dialing: Dialing;
  readonly #membersChanged: () => void;
  readonly #addrs: () => readonly string[];
  readonly #peers = new Map<number, Peer>();
  #members: readonly MemberInfo[] = [];
  /** Addresses that members announced. */
  readonly #heard = new Map<number, readonly string[]>();
  #handler: NetworkHandler | undefined;
  #askNotBefore = -Infinity;

  /** `addrs`: where this member is reached. */
  constructor(options: {
    self: number;
    clusterId: () => string;
    addrs: () => readonly string[];
    clock: Clock;
    logger: Logger;
    dialing?: Dialing;
    membersChanged?: () => void;
  }) {
    this.#membersChanged = options.membersChanged ?? (() => undefined);
    this.#dialing = options.dialing ?? clearText;
    this.#addrs = options.addrs;
    this.#self = options.self;
    this.#clusterId = options.clusterId;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  start(handler: NetworkHandler): void {
    this.#handler = handler;
  }

  /** Tells whether a member of this id is known: `unknown` was never seen, and may have joined meanwhile. */
  stateOf(id: number): 'member' | 'removed' | 'unknown' {
    if (this.#handler?.wasRemoved(id)) return 'removed';
    return this.#handler?.isMember(id) ? 'member' : 'unknown';
  }

  setMembers(members: readonly MemberInfo[]): void {
    for (const { id } of this.#members) {
      if (!members.some((member) => member.id === id)) this.#heard.delete(id);
    }
    this.#members = members;
    this.#connect();
    this.#membersChanged();
  }

  /**
   * Learns the addresses of a member, from its own hello or from another member. We may not know the member yet: it may have
   * joined while we were away, and lead now. Without an answer it could never bring us up to date. Addresses in the
   * membership come first, so a false hello cannot divert the messages of a member.
   */
  learn(id: number, addrs: readonly string[]): void {
    const credible = addrs.filter((addr) => isAddress(addr)).slice(0, heardAddressesMax);
    if (id === this.#self || credible.length === 0 || this.#handler?.wasRemoved(id)) return;
    const known = this.#heard.get(id);
    if (!known && this.#heard.size >= heardMax) return;
    if (known?.join() === credible.join()) return;
    this.#heard.set(id, credible);
    this.#connect();
  }

  /**
   * Asks known members for the membership after a hello of an unknown sender, which may have joined while we were away.
   * To trust an unknown sender would admit any process.
   */
  #askAround(): void {
    const now = this.#clock.monotonic();
    if (now < this.#askNotBefore) return;
    this.#askNotBefore = now + askAroundMs;
    for (const member of this.#members) {
      if (member.id === this.#self) continue;
      askMember(member, this.#dialing).then(
        (told) => {
          if (!this.#handler || told?.clusterId !== this.#clusterId()) return;
          for (const { id, addr } of told.members) if (!this.#knows(Number(id))) this.learn(Number(id), [addr]);
        },
        () => undefined,
      );
    }
  }

  #knows(id: number): boolean {
    return this.#handler?.isMember(id) === true || this.#heard.has(id);
  }

  /** Has a peer for every member, and for each process that says it is one. */
  #connect(): void {
    const wanted = new Map(this.#members.map((member) => [member.id, member]));
    for (const [id, addrs] of this.#heard) {
      const member = wanted.get(id) ?? { id, name: `member ${id}`, addrs: [] };
      wanted.set(id, { ...member, addrs: [...new Set([...member.addrs, ...addrs])] });
    }
    wanted.delete(this.#self);
    for (const [id, peer] of this.#peers) {
      if (wanted.has(id)) continue;
      peer.close();
      this.#peers.delete(id);
    }
    for (const [id, member] of wanted) {
      const known = this.#peers.get(id);
      if (known) known.update(member);
      else this.#peers.set(id, this.#peer(member));
    }
  }

  send(batch: readonly Message[]): void {
    const byPeer = new Map<number, Message[]>();
    for (const message of batch) {
      const waiting = byPeer.get(message.to);
      if (waiting) waiting.push(message);
      else byPeer.set(message.to, [message]);
    }
    for (const [id, messagesTo] of byPeer) this.#peers.get(id)?.send(messagesTo);
  }

  async sendSnapshot(message: InstallSnapshot, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const peer = this.#peers.get(message.to);
    if (!peer) throw new StoreError('NOT_FOUND', `member ${message.to} is not known here`);
    await peer.sendSnapshot(message, chunks);
  }

  close(): Promise<void> {
    this.#handler = undefined;
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
    return Promise.resolve();
  }

  /** The server's side: the `Raft` service. */
  service(): UntypedServiceImplementation {
    return {
      Stream: (call: ServerReadableStream<RaftFrame, object>, done: sendUnaryData<object>) =>
        this.#onStream(call, done),
      Snapshot: (call: ServerReadableStream<SnapshotFrame, object>, done: sendUnaryData<object>) => {
        this.#onSnapshot(call).then(
          () => done(null, {}),
          (error: unknown) => done(toStatus(error)),
        );
      },
    };
  }

  #onStream(call: ServerReadableStream<RaftFrame, object>, done: sendUnaryData<object>): void {
    let peer: number | undefined;
    const end = once((error?: unknown) => done(error === undefined ? null : toStatus(error), {}));
    call.on('data', (frame: RaftFrame) => {
      try {
        if ('hello' in frame) {
          checkOwn(callerIn(call), frame.hello.from);
          this.#checkHello(frame.hello);
          peer = frame.hello.from;
          this.learn(peer, frame.hello.addrs);
        } else if (peer !== undefined) {
          this.#checkMember(peer); // it may have been removed since it said hello
          const spoken = this.#spokenBy(peer, fromWireBatch(frame.batch));
          // Its content comes by a call of its own: without that it would be installed, and is not there.
          if (spoken.some(({ type }) => type === 'installSnapshot'))
            throw new Refused('a snapshot has a call of its own');
          this.#handler?.onMessages(spoken);
        } else throw new Refused('the first frame must say hello');
      } catch (error) {
        call.removeAllListeners('data');
        call.resume();
        end(error);
      }
    });
    call.on('end', () => end());
    call.on('error', () => end());
    call.on('cancelled', () => end());
  }

  async #onSnapshot(call: ServerReadableStream<SnapshotFrame, object>): Promise<void> {
    const frames = (call as AsyncIterable<SnapshotFrame>)[Symbol.asyncIterator]();
    const first = await frames.next();
    if (first.done || !('opening' in first.value)) throw new Refused('the first frame must say hello');
    const { hello, message } = first.value.opening;
    checkOwn(callerIn(call), hello.from);
    this.#checkHello(hello);
    this.learn(hello.from, hello.addrs);
    const install = fromWireMessage(message);
    if (install.type !== 'installSnapshot' || !this.#handler) throw new Refused('this member takes no snapshot now');
    this.#spokenBy(hello.from, [install]);
    await this.#handler.onSnapshot(install, chunksOf(frames));
  }

  #checkHello({ format, clusterId, from, to, lastIndex }: Hello): void {
    if (format !== helloFormat)
      throw new StoreError('INCOMPATIBLE', `raft streams have format ${helloFormat} here, not ${format}`);
    if (to !== this.#self)
      throw new Refused(`this is member ${this.#self}, not ${to}: was its data directory replaced?`);
    if (clusterId !== this.#clusterId()) throw new Refused(`this is cluster ${this.#clusterId()}, not ${clusterId}`);
    this.#checkMember(from);
    const reached = this.#handler?.acknowledged(from);
    if (reached && lastIndex < reached.index)
      throw new StoreError(
        'DAMAGED',
        `member ${from} had acknowledged entry ${reached.index} in term ${reached.term}, and its log ends at ${lastIndex}`,
        { acknowledged: reached },
      );
  }

  #checkMember(id: number): void {
    if (this.#handler?.wasRemoved(id)) throw new StoreError('REMOVED', `member ${id} was removed from the cluster`);
    if (this.#knows(id)) return;
    this.#askAround();
    throw new Refused(`member ${id} is not known here: has it joined this cluster?`);
  }

  /** Returns the messages that are `peer`'s own: no member votes or answers in the name of another. */
  #spokenBy(peer: number, messages: readonly Message[]): readonly Message[] {
    for (const { from, type } of messages)
      if (from !== peer && !(handedOn.has(type) && this.#knows(from)))
        throw new Refused(`a message of member ${from} came from member ${peer}`);
    return messages;
  }

  #peer(member: MemberInfo): Peer {
    return new Peer(member, {
      hello: () => ({
        format: helloFormat,
        clusterId: this.#clusterId(),
        from: this.#self,
        to: member.id,
        addrs: [...this.#addrs()],
        lastIndex: this.#handler?.lastIndex() ?? 0,
      }),
      onUnreachable: () => this.#handler?.onUnreachable(member.id),
      onRefused: ({ code, details: { acknowledged } }) => {
        if (code === 'REMOVED') this.#handler?.onRemoved();
        // It counts only as the answer to our own call: no other member may say that our log has lost its end.
        if (code === 'DAMAGED' && acknowledged) this.#handler?.onAcknowledged(acknowledged);
      },
      dialing: this.#dialing,
      clock: this.#clock,
      logger: this.#logger,
    });
  }
}

/** Refuses a member that speaks as another. Without security (`undefined`) the word of the sender has to do. */
function checkOwn(caller: Caller | undefined, from: number): void {
  if (!caller || ('identity' in caller && caller.identity.kind === 'member' && caller.identity.name === String(from)))
    return;
  throw new StoreError('DENIED', `${callerText(caller)} may not speak as member ${from}`);
}

/** Requests that a member relays for another, which took it for the leader. */
const handedOn: ReadonlySet<string> = new Set(['readIndex', 'transferLeader']);

async function* chunksOf(frames: AsyncIterator<SnapshotFrame>): AsyncGenerator<Uint8Array, void> {
  for (;;) {
    const next = await frames.next();
    if (next.done) return;
    if (!('chunk' in next.value)) throw new Refused('after the opening come chunks');
    yield next.value.chunk;
  }
}

function once<A>(run: (argument?: A) => void): (argument?: A) => void {
  let done = false;
  return (argument) => {
    if (done) return;
    done = true;
    run(argument);
  };
}
