import type { Rate } from '../base/allowances.js';

/** Limits of sockets before it is known who is there. */
export interface SocketLimits {
  /** Open sockets, in all and of one address. */
  readonly all: number;
  readonly perAddress: number;
  /** Sockets whose handshake is not over, in all and of one address. */
  readonly unknown: number;
  readonly unknownPerAddress: number;
}

export const socketLimits: SocketLimits = { all: 4_096, perAddress: 512, unknown: 256, unknownPerAddress: 64 };

/** Rates of TLS handshakes: of each address, and in all. */
export interface HandshakeRates {
  readonly each: Rate;
  readonly all: Rate;
}

/** A handshake costs 1 to 2 ms of CPU. The bursts let a rack behind one address come back after a power cut. */
export const handshakeRates: HandshakeRates = {
  each: { perSecond: 20, burst: 100 },
  all: { perSecond: 200, burst: 400 },
};

/** Counts sockets by address. Two numbers an address, and nothing for one that has none. */
export class SocketCounts {
  readonly #limits: SocketLimits;
  readonly #all = new Map<string, number>();
  readonly #unknown = new Map<string, number>();
  #allCount = 0;
  #unknownCount = 0;

  constructor(limits: SocketLimits = socketLimits) {
    this.#limits = limits;
  }

  get open(): number {
    return this.#allCount;
  }

  get unknown(): number {
    return this.#unknownCount;
  }

  /** Takes one more socket in, as an unknown one, where the limits allow it. */
  enter(address: string): boolean {
    const { all, perAddress, unknown, unknownPerAddress } = this.#limits;
    if (this.#allCount >= all || this.#unknownCount >= unknown) return false;
    if ((this.#all.get(address) ?? 0) >= perAddress) return false;
    if ((this.#unknown.get(address) ?? 0) >= unknownPerAddress) return false;
    this.#allCount++;
    this.#unknownCount++;
    add(this.#all, address, 1);
    add(this.#unknown, address, 1);
    return true;
  }

  /** Says that the handshake of a socket is over. */
  known(address: string): void {
    this.#unknownCount--;
    add(this.#unknown, address, -1);
  }

  /** Says that a socket is closed, whose handshake is over. */
  leave(address: string): void {
    this.#allCount--;
    add(this.#all, address, -1);
  }
}

function add(counts: Map<string, number>, address: string, by: number): void {
  const count = (counts.get(address) ?? 0) + by;
  if (count === 0) counts.delete(address);
  else counts.set(address, count);
}
