import { StoreError } from '../base/store-error.js';
import type { InstallSnapshot, Message } from '../raft/index.js';
import type { MemberInfo, Network, NetworkHandler } from '../replica/index.js';
import type { Chance } from './chance.js';
import type { Scheduler } from './scheduler.js';
import type { SimClock } from './sim-clock.js';

/** Faults of a network. Times in milliseconds, chances for each batch of messages. */
export interface NetworkFaults {
  readonly delayMeanMs: number;
  readonly loses: number;
  readonly repeats: number;
  /** Chance that a batch takes up to two seconds and is overtaken. */
  readonly lingers: number;
}

export interface NetworkCounts {
  delivered: number;
  lost: number;
  repeated: number;
  blocked: number;
  snapshots: number;
}

interface Port {
  readonly clock: SimClock;
  readonly handler: NetworkHandler;
  /** Members that it can answer: those that it knows, and those that sent to it. */
  readonly heard: Set<number>;
}

/** The network between the members of a run. Batches are lost, repeated, delayed and overtaken; links are cut one way at a time. */
export class SimNetwork {
  readonly counts: NetworkCounts;
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #faults: () => NetworkFaults;
  readonly #ports = new Map<number, Port>();
  /** Members that nothing from a member reaches, by the id of the sender. */
  readonly #cut = new Map<number, Set<number>>();
  /** Sees every message that a member sends, before anything happens to it. */
  onSend: (message: Message) => void = () => undefined;

  constructor(scheduler: Scheduler, chance: Chance, faults: () => NetworkFaults, counts: NetworkCounts) {
    this.#scheduler = scheduler;
    this.#chance = chance;
    this.#faults = faults;
    this.counts = counts;
  }

  /** Nothing passes from `from` to `to` any more. */
  cut(from: number, to: number): void {
    const cut = this.#cut.get(from);
    if (cut) cut.add(to);
    else this.#cut.set(from, new Set([to]));
  }

  heal(): void {
    this.#cut.clear();
  }

  isCut(from: number, to: number): boolean {
    return this.#cut.get(from)?.has(to) === true;
  }

  /** The process of this member is gone. */
  unplug(id: number): void {
    this.#ports.delete(id);
  }

  /** The network as one process of a member sees it. */
  open(id: number, clock: SimClock): Network {
    let known = new Set<number>();
    const heard = new Set<number>();
    let own: Port | undefined;
    return {
      start: (handler) => {
        own = { clock, handler, heard };
        this.#ports.set(id, own);
      },
      setMembers: (members: readonly MemberInfo[]) => {
        known = new Set(members.map((member) => member.id));
      },
      send: (messages) => {
        if (clock.dead) return;
        const byPeer = new Map<number, Message[]>();
        for (const message of messages) {
          this.onSend(message);
          if (!known.has(message.to) && !heard.has(message.to)) continue;
          const batch = byPeer.get(message.to);
          if (batch) batch.push(message);
          else byPeer.set(message.to, [message]);
        }
        for (const [to, batch] of byPeer) this.#post(id, to, batch);
      },
      sendSnapshot: (message, chunks) => this.#postSnapshot(id, clock, message, chunks),
      close: () => {
        if (own && this.#ports.get(id) === own) this.#ports.delete(id);
        return Promise.resolve();
      },
    };
  }

  #post(from: number, to: number, batch: readonly Message[]): void {
    const { loses, repeats } = this.#faults();
    if (this.isCut(from, to) || this.#chance.happens(loses)) {
      if (this.isCut(from, to)) this.counts.blocked++;
      else this.counts.lost++;
      // The sender of a stream learns that it broke, some time later.
      this.#scheduler.schedule(this.#delay(), () => this.#to(from, ({ handler }) => handler.onUnreachable(to)));
      return;
    }
    const arrive = () => {
      if (this.isCut(from, to)) return;
      this.#to(to, ({ handler, heard }) => {
        if (!handler.wasRemoved(from)) heard.add(from);
        if (handler.wasRemoved(from)) {
          this.#scheduler.schedule(this.#delay(), () => this.#to(from, (sender) => sender.handler.onRemoved()));
          return;
        }
        this.counts.delivered++;
        handler.onMessages(batch);
      });
    };
    this.#scheduler.schedule(this.#delay(), arrive);
    if (!this.#chance.happens(repeats)) return;
    this.counts.repeated++;
    this.#scheduler.schedule(this.#delay() * 3, arrive);
  }

  async #postSnapshot(
    from: number,
    clock: SimClock,
    message: InstallSnapshot,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    this.onSend(message);
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    const { to } = message;
    await new Promise<void>((resolve, reject) => {
      const answer = (error?: unknown) =>
        this.#scheduler.schedule(this.#delay(), () => clock.deliver(() => (error ? reject(error) : resolve())));
      const lost = () => answer(new StoreError('NOT_LEADER', 'the connection broke'));
      if (this.isCut(from, to) || this.#chance.happens(this.#faults().loses)) {
        lost();
        return;
      }
      this.#scheduler.schedule(this.#delay() * 2, () => {
        const port = this.#ports.get(to);
        if (!port || this.isCut(from, to) || port.handler.wasRemoved(from)) {
          lost();
          return;
        }
        this.counts.snapshots++;
        port.heard.add(from);
        port.clock.deliver(() => {
          port.handler.onSnapshot(message, stream(parts)).then(() => answer(), answer);
        });
      });
    });
  }

  #to(id: number, run: (port: Port) => void): void {
    const port = this.#ports.get(id);
    if (port) port.clock.deliver(() => this.#ports.get(id) === port && run(port));
  }

  #delay(): number {
    const { delayMeanMs, lingers } = this.#faults();
    const delay = 0.05 + this.#chance.exponential(delayMeanMs);
    return this.#chance.happens(lingers) ? delay + this.#chance.between(0, 2_000) : delay;
  }
}

async function* stream(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  await Promise.resolve();
  yield* parts;
}
