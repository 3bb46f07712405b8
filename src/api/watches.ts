import { type Metadata, type ServerDuplexStream, status } from '@grpc/grpc-js';
import { StoreError } from '../base/store-error.js';
import { carriedError, toStatus } from '../rpc/index.js';
import type { messages } from '../wire/index.js';
import type { Rights } from './rights.js';
import type { Wanted } from './selectors.js';
import { bookmarkInterval } from './watch-feed.js';
import { type Member, WatchGroup } from './watch-group.js';
import { openWatch, readable, rightsOf, type Serving, transactionsAfter, untilLost } from './watch-open.js';
import { WatchesOutput } from './watches-output.js';

type WatchRequest = messages.WatchRequest;

/** The `Watch.Multiplex` call of one caller. */
export type WatchesCall = ServerDuplexStream<messages.WatchesRequest, messages.WatchesResponse> & {
  readonly metadata: Metadata;
};

/** Most watches of one stream. */
const watchesMax = 100_000;

/** One watch of the stream, from its request to its end. */
interface Watching extends Member {
  readonly request: WatchRequest;
  readonly wanted: Wanted;
  /** Aborts when the watch ends. */
  readonly stop: AbortController;
  /** Group that sends its transactions; absent while it begins, and while it is paused. */
  group: WatchGroup | undefined;
  /** Continues what waits for the reader. */
  resumed: (() => void) | undefined;
  /** History of which {@link after} is a version. */
  lineage: string;
}

/** Serves many watches on one stream. Each has its own pace: one whose reader is slow holds up no other. */
export class WatchesServing {
  readonly #serving: Serving;
  readonly #call: WatchesCall;
  readonly #output: WatchesOutput;
  readonly #watches = new Map<number, Watching>();
  /** Groups that watches join, by what they want and how often they are told where they are. */
  readonly #groups = new Map<Wanted, Map<number, WatchGroup>>();
  /** Wishes without what the caller may not read: the same for watches that want the same. */
  readonly #readable = new WeakMap<Wanted, { readonly rights: Rights; readonly wanted: Wanted }>();
  #ended = false;

  constructor(serving: Serving, call: WatchesCall) {
    this.#serving = serving;
    this.#call = call;
    this.#output = new WatchesOutput(call);
    call.on('data', (request: messages.WatchesRequest) => this.#take(request));
    call.on('drain', () => this.#output.drained());
    for (const end of ['end', 'error', 'cancelled', 'close']) call.on(end, () => this.#end());
  }

  #take({ begun, ended, paused, resumed }: messages.WatchesRequest): void {
    if (this.#ended) return;
    for (const { id, request } of begun) this.#begin(id, request);
    for (const id of ended) this.#forget(id);
    for (const id of paused) this.#pause(id);
    for (const id of resumed) this.#resume(id);
  }

  #begin(id: number, request: WatchRequest): void {
    if (this.#watches.has(id)) {
      const error = new StoreError('INVALID_OBJECT', `watch ${id} is still open; choose another id`, { path: 'begun.id' }); // prettier-ignore
      this.#call.emit('error', toStatus(error));
      return;
    }
    try {
      if (this.#watches.size >= watchesMax)
        throw new StoreError('LIMIT_EXCEEDED', `a stream carries at most ${watchesMax} watches: open another one`);
      const rights = rightsOf(this.#serving, this.#call);
      const wanted = this.#readableOf(this.#serving.shared.of(request), rights);
      const stop = new AbortController();
      const one = {
        id,
        request,
        wanted,
        stop,
        after: 0,
        paused: false,
        group: undefined,
        resumed: undefined,
        lineage: '',
      };
      this.#watches.set(id, one);
      void this.#run([one], () => this.#open(one, rights));
    } catch (error) {
      this.#output.tellEnd([id], carriedError(toStatus(error)));
    }
  }

  #readableOf(wanted: Wanted, rights: Rights): Wanted {
    if (!rights.limited) return wanted;
    let known = this.#readable.get(wanted);
    if (!known?.rights.equals(rights))
      this.#readable.set(wanted, (known = { rights, wanted: readable(wanted, rights) }));
    return known.wanted;
  }

  /** Runs what sends to some watches. Tells those that are left how it ended, unless it went on elsewhere. */
  async #run(watches: readonly Watching[] | WatchGroup, run: () => Promise<boolean>): Promise<void> {
    const left = () =>
      ('members' in watches ? watches.members : watches).map(({ id }) => id).filter((id) => this.#watches.has(id));
    let end: Parameters<typeof carriedError>[0] = { code: status.OK };
    let goesOn = false;
    try {
      const say = (response: messages.WatchResponse) => this.#output.say(left(), response);
      await untilLost(this.#serving, say, async () => void (goesOn = await run()));
    } catch (error) {
      end = toStatus(error);
    }
    if (goesOn || this.#ended) return;
    const over = left();
    if (over.length === 0) return;
    this.#output.tellEnd(over, carriedError(end));
    for (const id of over) this.#forget(id);
  }

  /** Sends what a watch begins with. True when it goes on with a group. */
  async #open(one: Watching, rights: Rights): Promise<boolean> {
    const { request, wanted, stop } = one;
    const say = async (response: messages.WatchResponse) => {
      if (one.paused) await new Promise<void>((resolve) => (one.resumed = resolve));
      if (!stop.signal.aborted) await this.#output.say([one.id], response);
    };
    const opened = await openWatch(
      this.#serving,
      { request, wanted, rights },
      { say, signal: stop.signal, shared: true },
    );
    if (!opened) return false;
    one.after = opened.from;
    one.lineage = opened.lineage;
    if (stop.signal.aborted) void opened.transactions.return();
    else this.#follow(one, opened);
    return true;
  }

  /** Sends transactions to a watch: with others that want the same, as soon as it has seen what they have. */
  #follow(one: Watching, opened: NonNullable<Awaited<ReturnType<typeof openWatch>>>): void {
    const { request, wanted } = one;
    const bookmarkMs = bookmarkInterval(request.bookmarkMs);
    const groups = this.#groups.get(wanted) ?? new Map<number, WatchGroup>();
    this.#groups.set(wanted, groups);
    const joined = groups.get(bookmarkMs);
    if (joined && !opened.first && !joined.stopped && joined.lineage === opened.lineage && joined.taken <= one.after) {
      void opened.transactions.return();
      this.#join(one, joined);
      return;
    }
    const group: WatchGroup = new WatchGroup({
      ...opened,
      bookmarkMs,
      wanted,
      made: this.#serving.made,
      output: this.#output,
      park: (member) => this.#park(member as Watching),
      rest: (version) => this.#merge(group, groups, { bookmarkMs, version }),
    });
    this.#join(one, group);
    void this.#run(group, async () => (await group.run(), false)).then(() => {
      if (groups.get(bookmarkMs) === group) groups.delete(bookmarkMs);
      if (groups.size === 0 && this.#groups.get(wanted) === groups) this.#groups.delete(wanted);
    });
  }

  #join(one: Watching, group: WatchGroup): void {
    one.group = group;
    group.add(one);
  }

  /** A group that has caught up hands its watches to the one that others join, or becomes that one. */
  #merge(
    group: WatchGroup,
    groups: Map<number, WatchGroup>,
    { bookmarkMs, version }: { readonly bookmarkMs: number; readonly version: number },
  ): void {
    const main = groups.get(bookmarkMs);
    if (!main || main.stopped) groups.set(bookmarkMs, group);
    else if (main !== group && main.lineage === group.lineage && main.taken <= version) {
      for (const member of group.members) {
        member.after = Math.max(member.after, version);
        this.#join(member as Watching, main);
        group.remove(member);
      }
    }
  }

  #park(one: Watching): void {
    one.group?.remove(one);
    one.group = undefined;
    one.resumed = () => void this.#run([one], () => Promise.resolve(this.#goOn(one)));
  }

  /** Continues a watch that was paused, from where it was. */
  #goOn(one: Watching): boolean {
    const { request, wanted, after, lineage, stop } = one;
    const { store } = this.#serving.replica;
    if (stop.signal.aborted) return false;
    if (this.#serving.replica.status().lineage !== lineage)
      throw new StoreError('RESYNC', 'the history is another one now', { version: store.version });
    const transactions = transactionsAfter(store, after, { ...request, wait: true }, { wanted });
    this.#follow(one, { lineage, from: after, transactions, first: undefined });
    return true;
  }

  #pause(id: number): void {
    const one = this.#watches.get(id);
    if (one) one.paused = true;
  }

  #resume(id: number): void {
    const one = this.#watches.get(id);
    if (!one?.paused) return;
    one.paused = false;
    const { resumed } = one;
    one.resumed = undefined;
    resumed?.();
  }

  #forget(id: number): void {
    const one = this.#watches.get(id);
    if (!one) return;
    this.#watches.delete(id);
    one.stop.abort();
    if (one.group) one.group.remove(one);
    else one.resumed?.();
  }

  /** The caller has gone. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const id of [...this.#watches.keys()]) this.#forget(id);
    this.#output.end();
    this.#call.end();
  }
}
