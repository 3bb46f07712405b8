import type { InstallSnapshot, Message } from '../../src/raft/index.js';
import type { MemberInfo, Network, NetworkHandler } from '../../src/replica/index.js';
import { throughWire } from '../../src/wire/index.js';

/** A message on its way; whoever holds one back may let it go later. */
export interface Parcel {
  readonly message: Message;
  deliver(): void;
}

/** The wires between members of one process. Every message goes through bytes and takes a turn of the event loop. */
export class Wires {
  readonly #handlers = new Map<number, NetworkHandler>();
  readonly #cut = new Set<string>();
  /** Says `true` to keep a message: it is given to `held` instead of being delivered. */
  hold: (message: Message) => boolean = () => false;
  readonly held: Parcel[] = [];
  snapshotsSent = 0;

  /** A network port for this member. Opening another one takes the place of the first: a restart. */
  port(id: number): Network {
    let own: NetworkHandler | undefined;
    return {
      start: (handler) => {
        own = handler;
        this.#handlers.set(id, handler);
      },
      setMembers: (_members: readonly MemberInfo[]) => undefined,
      send: (messages) => {
        for (const message of messages) this.#post(message);
      },
      sendSnapshot: (message, chunks) => this.#postSnapshot(message, chunks),
      close: () => {
        if (own && this.#handlers.get(id) === own) this.#handlers.delete(id);
        return Promise.resolve();
      },
    };
  }

  /** Nothing passes between these two any more, in either direction. */
  cut(a: number, b: number): void {
    this.#cut.add(`${a} ${b}`).add(`${b} ${a}`);
  }

  isolate(id: number, others: readonly number[]): void {
    for (const other of others) if (other !== id) this.cut(id, other);
  }

  heal(): void {
    this.#cut.clear();
  }

  /** Delivers what was held back, and holds back no more. */
  release(): void {
    this.hold = () => false;
    for (const parcel of this.held.splice(0)) parcel.deliver();
  }

  /** Delivers a message that nobody sent, at once. */
  inject(message: Message): void {
    this.#handlers.get(message.to)?.onMessages(throughWire([message]));
  }

  /** Delivers a snapshot that nobody sent. Resolves when the member has staged it. */
  async injectSnapshot(message: InstallSnapshot, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#handlers.get(message.to)?.onSnapshot(message, copies(chunks));
  }

  #post(message: Message): void {
    const [copy] = throughWire([message]);
    if (!copy) throw new Error('a message went missing on the wire');
    const deliver = () => void setImmediate(() => this.#deliver(copy));
    if (this.hold(copy)) this.held.push({ message: copy, deliver });
    else deliver();
  }

  #deliver(message: Message): void {
    const { from, to } = message;
    const target = this.#handlers.get(to);
    if (!target || this.#cut.has(`${from} ${to}`)) this.#handlers.get(from)?.onUnreachable(to);
    else if (target.wasRemoved(from)) this.#handlers.get(from)?.onRemoved();
    else target.onMessages([message]);
  }

  async #postSnapshot(message: InstallSnapshot, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const { from, to } = message;
    this.snapshotsSent++;
    const [copy] = throughWire([message]) as InstallSnapshot[];
    const target = this.#handlers.get(to);
    if (!copy || !target || this.#cut.has(`${from} ${to}`)) throw new Error(`member ${to} is out of reach`);
    await target.onSnapshot(copy, copies(chunks));
  }
}

async function* copies(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) yield chunk.slice();
}
