import type { handleUnaryCall, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { Allowances } from '../base/allowances.js';
import type { Clock } from '../base/clock.js';
import { isStoreError, StoreError } from '../base/store-error.js';
import type { AuditEntry, AuditSink } from '../audit/index.js';
import { sha256Hex } from '../identity/index.js';
import { callerIn, fromStatus, toStatus } from '../rpc/index.js';

/** Requests for certificates: each costs the leader a signature and a write. */
const issueRates = { each: { perSecond: 5, burst: 50 }, all: { perSecond: 20, burst: 100 } };
/** Wrong tokens: ten a minute. */
const wrongTokenRates = { each: { perSecond: 10 / 60, burst: 10 } };
/** Lines of the audit about denials: a caller must not fill the disk. */
const denialRates = { each: { perSecond: 1, burst: 60 }, all: { perSecond: 20, burst: 200 } };
/** Watches that a connection may have open: fewer than its streams, or they would leave none for calls. */
const watchesMax = 1_000;

/** Addresses whose newest wrong token is remembered. */
const addressesMax = 10_000;

/** Path of the errors for a token that does not exist: a spent or expired one is no guess. */
export const wrongTokenPath = 'token';

/** Limits by address on what costs a member something before, or without, an identity. Members are exempt. */
export class CallLimits {
  readonly #issues: Allowances;
  readonly #wrongTokens: Allowances;
  /** Hash of the newest wrong token, by address. */
  readonly #lastWrong = new Map<string, string>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    const now = () => clock.monotonic();
    this.#issues = new Allowances(issueRates, now);
    this.#wrongTokens = new Allowances(wrongTokenRates, now);
  }

  /** Throws `LIMIT_EXCEEDED` when the address has asked for too many certificates, or shown too many wrong tokens. */
  checkIssue(peer: string): void {
    const address = addressOf(peer);
    const blocked = this.blocked(peer);
    if (blocked !== undefined) throw new StoreError('LIMIT_EXCEEDED', blocked);
    if (!this.#issues.take(address))
      throw new StoreError(
        'LIMIT_EXCEEDED',
        `too many requests for certificates: ${again(this.#issues.waitMs(address))}`,
      );
  }

  /** Counts a token that does not count. The same one again is no guess: a program repeats what was taken from it. */
  noteWrongToken(peer: string, text: string): void {
    const address = addressOf(peer);
    const hash = sha256Hex(text);
    const again = this.#lastWrong.get(address) === hash;
    this.#lastWrong.delete(address);
    this.#lastWrong.set(address, hash); // the newest is the last
    if (this.#lastWrong.size > addressesMax) this.#lastWrong.delete(this.#lastWrong.keys().next().value as string);
    if (!again) this.#wrongTokens.take(address);
  }

  /** Says why no token of this address is looked at for now; `undefined` when it is. */
  blocked(peer: string): string | undefined {
    const address = addressOf(peer);
    if (this.#wrongTokens.has(address)) return undefined;
    return `too many wrong tokens from ${address}: ${again(this.#wrongTokens.waitMs(address))}`;
  }
}

const again = (ms: number) => `try again in ${Math.max(1, Math.ceil(ms / 1_000))} s`;

/** Address of a peer, without the port. */
function addressOf(peer: string): string {
  const end = peer.lastIndexOf(':');
  return end < 0 ? peer : peer.slice(0, end);
}

/** The `Certificates` service with its limits for callers that are no members. */
export function limitedIssue(handlers: UntypedServiceImplementation, limits: CallLimits): UntypedServiceImplementation {
  const issue = handlers.Issue as handleUnaryCall<unknown, unknown>;
  const limited: handleUnaryCall<unknown, unknown> = (call, done) => {
    if (callerIn(call)?.as === 'member') {
      issue(call, done); // the member that forwards has counted it
      return;
    }
    const peer = call.getPeer();
    try {
      limits.checkIssue(peer);
    } catch (error) {
      done(toStatus(error));
      return;
    }
    issue(call, (error, ...rest) => {
      const failed = error && fromStatus(error as never);
      if (isStoreError(failed, 'UNAUTHENTICATED') && failed.details.path === wrongTokenPath)
        limits.noteWrongToken(peer, String((call.request as { readonly token?: unknown }).token));
      done(error, ...rest);
    });
  };
  return { ...handlers, Issue: limited };
}

/** Counts the watches of each connection, of callers that are known and no members. */
export class WatchCounts {
  readonly #open = new Map<string, number>();

  /** A service whose method `Watch` is limited. */
  limited(handlers: UntypedServiceImplementation): UntypedServiceImplementation {
    const watch = handlers.Watch as (call: WatchCall) => void;
    const limited = (call: WatchCall) => {
      const caller = callerIn(call);
      if (caller && caller.as !== 'member') this.#enter(call);
      watch(call);
    };
    return { ...handlers, Watch: limited as never };
  }

  /** Throws `LIMIT_EXCEEDED` for one too many. */
  #enter(call: WatchCall): void {
    const peer = call.getPeer();
    const open = this.#open.get(peer) ?? 0;
    if (open >= watchesMax)
      throw new StoreError(
        'LIMIT_EXCEEDED',
        `a connection can have ${watchesMax} watches: close some, or open another`,
      );
    this.#open.set(peer, open + 1);
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      const now = (this.#open.get(peer) ?? 1) - 1;
      if (now === 0) this.#open.delete(peer);
      else this.#open.set(peer, now);
    };
    for (const event of ['close', 'cancelled', 'error', 'finish']) call.once(event, leave);
  }
}

type WatchCall = Pick<ServerUnaryCall<unknown, unknown>, 'getPeer' | 'metadata'> & {
  once(event: string, run: () => void): unknown;
};

/** Writes denials into the audit, so many of each address; the next line says how many were left out. */
export class Denials implements AuditSink {
  readonly #audit: AuditSink;
  readonly #allowed: Allowances;
  #leftOut = 0;

  constructor(audit: AuditSink, clock: Pick<Clock, 'monotonic'>) {
    this.#audit = audit;
    this.#allowed = new Allowances(denialRates, () => clock.monotonic());
  }

  note(entry: AuditEntry): void {
    if (entry.event !== 'denied') return this.#audit.note(entry);
    if (!this.#allowed.take(addressOf(typeof entry.address === 'string' ? entry.address : ''))) {
      this.#leftOut++;
      return;
    }
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    this.#audit.note(leftOut === 0 ? entry : { ...entry, leftOut });
  }

  mustBeWritable(): void {
    this.#audit.mustBeWritable();
  }
}
