import type { ClientWritableStream } from '@grpc/grpc-js';
import type { Cancel, Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { grouped } from '../base/grouped.js';
import type { Logger } from '../base/log.js';
import { Repeats } from '../base/repeats.js';
import { StoreError } from '../base/store-error.js';
import type { InstallSnapshot, Message } from '../raft/index.js';
import type { MemberInfo } from '../replica/index.js';
import { type messages, toWireBatch, toWireMessage } from '../wire/index.js';
import { Channel } from './channel.js';
import { CommitNews } from './commit-news.js';
import { methodOf } from './definitions.js';
import type { Dialing } from './dialing.js';
import { connectionLost } from './status.js';

type RaftFrame = messages.RaftFrame;
type SnapshotFrame = messages.SnapshotFrame;

/** Sender and receiver of a stream. */
export type Hello = messages.RaftHello;

export const helloFormat = 2;

/** Messages that must not wait behind entries. */
const urgentTypes: ReadonlySet<string> = new Set([
  'heartbeat',
  'heartbeatResponse',
  'requestVote',
  'requestVoteResponse',
  'preVote',
  'preVoteResponse',
  'timeoutNow',
  'readIndex',
  'readIndexResponse',
  'transferLeader',
]);

/** Most bytes of entries that wait in one stream. Entries beyond that are dropped, and raft sends them again. */
const queuedBytesMax = 32 * 1024 * 1024;
const reconnectMs = 100;

/** Most time for which the news of a commit index waits for entries that carry it, milliseconds. */
const newsMs = 2;

/** Size of a frame's messages at which it ends, bytes: the receiver processes a frame in one go. */
const frameBytes = 1024 * 1024;

function approximateBytes(message: Message): number {
  let bytes = 64;
  if (message.type === 'appendEntries')
    for (const entry of message.entries) bytes += 24 + (entry.kind === 'normal' ? entry.data.length : 64);
  return bytes;
}

/** One long-lived stream to a peer, on a connection of its own. Opened when there is something to say. */
class Lane {
  readonly #open: () => Channel;
  readonly #hello: () => Hello;
  readonly #lost: (error: Error | undefined) => void;
  readonly #clock: Clock;
  #stream: ClientWritableStream<RaftFrame> | undefined;
  #channel: Channel | undefined;
  #queuedBytes = 0;
  #notBefore = 0;

  constructor(options: {
    open: () => Channel;
    hello: () => Hello;
    lost: (error: Error | undefined) => void;
    clock: Clock;
  }) {
    this.#open = options.open;
    this.#hello = options.hello;
    this.#lost = options.lost;
    this.#clock = options.clock;
  }

  get connected(): boolean {
    return this.#channel?.connected ?? false;
  }

  /** False when messages were dropped. The one place that writes to the stream. */
  send(batch: readonly Message[]): boolean {
    const stream = this.#stream ?? this.#connect();
    if (!stream) return false;
    for (const group of grouped(batch, { bytes: frameBytes }, approximateBytes)) {
      const bytes = group.reduce((sum, message) => sum + approximateBytes(message), 0);
      if (this.#queuedBytes + bytes > queuedBytesMax) return false;
      this.#queuedBytes += bytes;
      stream.write({ batch: toWireBatch(group) }, () => {
        if (stream === this.#stream) this.#queuedBytes -= bytes; // the bytes of an earlier stream were dropped with it
      });
    }
    return true;
  }

  close(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.cancel();
    this.#channel?.close();
    this.#channel = undefined;
  }

  #connect(): ClientWritableStream<RaftFrame> | undefined {
    if (this.#clock.monotonic() < this.#notBefore) return undefined;
    this.#notBefore = this.#clock.monotonic() + reconnectMs;
    const channel = this.#opened();
    if (!channel) return undefined;
    const stream: ClientWritableStream<RaftFrame> = channel.clientStream<RaftFrame>(
      methodOf('raft', 'Stream'),
      (error) => this.#ended(stream, error),
    );
    stream.on('error', () => undefined); // told by the callback above
    this.#stream = stream;
    this.#queuedBytes = 0;
    stream.write({ hello: this.#hello() });
    return stream;
  }

  /** Treats an address that gRPC cannot read, and throws at, as one without an answer. */
  #opened(): Channel | undefined {
    try {
      return (this.#channel ??= this.#open());
    } catch (error) {
      this.#lost(error as Error);
      return undefined;
    }
  }

  #ended(stream: ClientWritableStream<RaftFrame>, error: Error | undefined): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    this.#lost(error);
  }
}

interface PeerOptions {
  readonly hello: () => Hello;
  readonly onUnreachable: () => void;
  readonly onRefused: (reason: StoreError) => void;
  readonly dialing: Dialing;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Our outgoing streams to one other member. */
export class Peer {
  readonly #options: PeerOptions;
  #member: MemberInfo;
  /** Addresses to try, best first. */
  #addrs: readonly string[];
  #addr: string;
  #data: Lane;
  #urgent: Lane;
  readonly #complaints = new Repeats();
  readonly #news = new CommitNews();
  #forgetNews: Cancel | undefined;

  constructor(member: MemberInfo, options: PeerOptions) {
    this.#options = options;
    this.#member = member;
    this.#addrs = member.addrs;
    this.#addr = member.addrs[0] ?? '';
    this.#data = this.#lane();
    this.#urgent = this.#lane();
  }

  /** Takes over new addresses. A connection stays as it is: a new address is tried when there is none. */
  update(member: MemberInfo): void {
    const fresh = member.addrs.find((addr) => !this.#addrs.includes(addr));
    this.#member = member;
    this.#addrs = member.addrs;
    if (!member.addrs.includes(this.#addr)) this.#connectTo(member.addrs[0] ?? '');
    else if (fresh !== undefined && !this.#data.connected && !this.#urgent.connected) this.#connectTo(fresh);
  }

  #connectTo(addr: string): void {
    this.close();
    this.#addr = addr;
    this.#data = this.#lane();
    this.#urgent = this.#lane();
  }

  /** Tries the next address, after no answer at this one. */
  #tryNext(failed: string): void {
    if (failed !== this.#addr || this.#addrs.length < 2) return;
    const next = this.#addrs[(this.#addrs.indexOf(failed) + 1) % this.#addrs.length];
    if (next !== undefined) this.#connectTo(next);
  }

  send(batch: readonly Message[]): void {
    const urgent = batch.filter(({ type }) => urgentTypes.has(type));
    const data = batch.filter(({ type }) => !urgentTypes.has(type));
    if (urgent.length > 0) this.#urgent.send(urgent);
    this.#sendData(this.#news.take(data));
    if (this.#news.waiting) this.#forgetNews ??= this.#options.clock.schedule(newsMs, () => this.#sendNews());
  }

  #sendData(data: readonly Message[]): void {
    if (data.length > 0 && !this.#data.send(data)) this.#options.onUnreachable();
  }

  #sendNews(): void {
    this.#forgetNews = undefined;
    const news = this.#news.release();
    if (news) this.#sendData([news]);
  }

  /** Sends a snapshot on a connection of its own. Resolves when the peer has staged it. */
  async sendSnapshot(message: InstallSnapshot, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const channel = this.#channel(this.#addr);
    try {
      await new Promise<void>((resolve, reject) => {
        const stream = channel.clientStream<SnapshotFrame>(methodOf('raft', 'Snapshot'), (error) =>
          error ? reject(error) : resolve(),
        );
        stream.on('error', reject);
        const write = (frame: SnapshotFrame) =>
          new Promise<void>((written, failed) =>
            stream.write(frame, (error: unknown) => (error ? failed(error) : written())),
          );
        const pour = async () => {
          await write({ opening: { hello: this.#options.hello(), message: toWireMessage(message) } });
          for await (const chunk of chunks) await write({ chunk });
          stream.end();
        };
        pour().catch((error: unknown) => {
          stream.cancel();
          reject(error);
        });
      });
    } finally {
      channel.close();
    }
  }

  close(): void {
    this.#forgetNews?.();
    this.#forgetNews = undefined;
    this.#news.release();
    this.#data.close();
    this.#urgent.close();
  }

  #channel(addr: string): Channel {
    return new Channel(addr, { own: true, dialing: this.#options.dialing, member: this.#member.id });
  }

  #lane(): Lane {
    const { clock, hello, logger, onRefused, onUnreachable } = this.#options;
    const addr = this.#addr;
    return new Lane({
      open: () => this.#channel(addr),
      hello,
      clock,
      lost: (error) => {
        onUnreachable();
        if (error instanceof StoreError) onRefused(error);
        if (error && connectionLost(error)) this.#tryNext(addr);
        const complaint = error ? messageOf(error) : 'the stream ended';
        // However it fails, and however often: it is away.
        const level = this.#complaints.isNews('lost', clock.monotonic()) ? 'info' : 'debug';
        logger[level]('lost the connection to a member', { peer: this.#member.name, addr, error: complaint });
      },
    });
  }
}
