import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../base/clock.js';
import { isStoreError } from '../base/store-error.js';
import { mayReadEvent, type Rights } from '../api/index.js';
import type { Event, EventAction, ObjectEvent } from '../kinds/index.js';
import { type MemoryStore, transactionsOf, watch } from '../state/index.js';
import { HttpError, textOf } from './answer.js';
import { type Asked, bad } from './asked.js';
import type { ShownMember } from './member.js';
import { isShown, kindNamed, nameIn } from './names.js';
import type { Reader } from './reader.js';
import { said } from './routes/history.js';
import { shapeOf } from './routes/objects.js';
import type { StreamChangeShape, StreamPlaceShape, StreamResyncShape, StreamTransactionShape } from './shapes.js';

/** Most events, and most encoded bytes of them, that wait for a reader that is slow. */
const waitingMax = 10_000;
const waitingBytesMax = 16 * 1024 * 1024;
/** Time between two bookmarks, milliseconds. A proxy may end a stream that is silent for a minute. */
export const bookmarkMs = 10_000;
/** Time after which a browser connects again, milliseconds. */
const retryMs = 1_000;

const actions = ['create', 'update', 'delete'] as const satisfies readonly EventAction[];

/** Selection of a stream. An empty set is everything. */
interface Wanted {
  readonly kinds: ReadonlySet<string>;
  readonly actions: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
}

/** Place in the history: the version behind which a stream goes on, and the history that it is of. */
interface Place {
  readonly version: number;
  readonly lineage: string | undefined;
}

/** One stream of `/api/events`, read from the request. */
export interface EventStream {
  readonly wanted: Wanted;
  readonly from: Place | undefined;
}

/** Reads the parameters and `Last-Event-ID`. @throws {HttpError} */
export function eventStreamOf(request: IncomingMessage, store: MemoryStore, asked: Asked): EventStream {
  const kinds = asked.words('kind').map((word) => kindNamed(store, word));
  const wantedActions = asked.words('action');
  const wrong = wantedActions.find((action) => !actions.some((one) => one === action));
  if (wrong !== undefined) throw bad(`action must be one of ${actions.join(', ')}, is "${wrong}"`);
  const ids = asked.words('id');
  const from = asked.whole('from');
  asked.finish();
  const header = request.headers['last-event-id'];
  const last = typeof header === 'string' && header !== '' ? placeOf(header) : undefined;
  return {
    wanted: { kinds: new Set(kinds), actions: new Set(wantedActions), ids: new Set(ids) },
    from: last ?? (from === undefined ? undefined : { version: from, lineage: undefined }),
  };
}

/** Reads `VERSION` or `VERSION.LINEAGE`. */
function placeOf(id: string): Place {
  const [, version = '', lineage] = /^(\d{1,15})(?:\.(\w+))?$/.exec(id) ?? [];
  if (version === '') throw bad(`Last-Event-ID must be that of an earlier event, is "${id}"`);
  return { version: Number(version), lineage };
}

/** Sends the changes of a member until the reader goes, or the member ends. */
export class EventSender {
  readonly #member: ShownMember;
  readonly #response: ServerResponse;
  readonly #stream: EventStream;
  readonly #reader: Reader;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  /** Everything up to this version has been sent. */
  #version = 0;

  constructor(options: {
    readonly member: ShownMember;
    readonly response: ServerResponse;
    readonly stream: EventStream;
    readonly reader: Reader;
    readonly clock: Clock;
  }) {
    this.#member = options.member;
    this.#response = options.response;
    this.#stream = options.stream;
    this.#reader = options.reader;
    this.#clock = options.clock;
    this.#response.once('close', () => this.#stop.abort());
  }

  /** Ends the stream: the reader connects again. */
  close(): void {
    this.#stop.abort();
  }

  async run(): Promise<void> {
    const { replica } = this.#member;
    const { from } = this.#stream;
    this.#version = from?.version ?? replica.store.version;
    this.#response.write(`retry: ${retryMs}\n\n`);
    const { lineage } = replica.status();
    if (from?.lineage !== undefined && from.lineage !== lineage)
      await this.#resync('RESYNC', 'this is another history: the cluster was restored');
    else await this.#say('ready', this.#place);
    while (!this.#stop.signal.aborted) if (!(await this.#follow())) break;
    this.#response.end();
  }

  get #place(): StreamPlaceShape {
    return { member: this.#member.replica.identity.name, version: this.#version };
  }

  /** Sends what comes. True when the stream goes on after a gap that was told. */
  async #follow(): Promise<boolean> {
    const { store } = this.#member.replica;
    const { signal } = this.#stop;
    const limits = { limit: waitingMax, limitBytes: waitingBytesMax, ahead: 'wait', match: 'either' } as const;
    const transactions = transactionsOf(watch(store.queue, { ...limits, after: this.#version, signal }));
    const beat = this.#beating(store);
    try {
      for (let next = await transactions.nextTransaction(); !next.done; next = await transactions.nextTransaction())
        await this.#transaction(next.value);
      return false;
    } catch (error) {
      if (!isStoreError(error)) throw error;
      await this.#resync(error.code, textOf(error));
      return !signal.aborted && !store.queue.closed;
    } finally {
      beat();
      await transactions.return();
    }
  }

  async #transaction(events: readonly Event[]): Promise<void> {
    const { store } = this.#member.replica;
    const { version = this.#version } = events[0] ?? {};
    const rights = this.#rights();
    if (!rights) return;
    const changes = events.filter(
      (event): event is ObjectEvent => event.kind !== 'commit' && this.#wants(event) && mayReadEvent(rights, event),
    );
    this.#version = version;
    if (changes.length === 0) return;
    const record = store.transaction(version);
    const body: StreamTransactionShape = {
      version,
      ...(record && { time: record.time, ...said(record) }),
      changes: changes.map((event) => changeOf(store, event)),
    };
    await this.#say('transaction', body);
  }

  /** Rights of the reader as they are now. One whose identity is gone gets nothing more: its stream ends. */
  #rights(): Rights | undefined {
    try {
      return this.#reader.rights(this.#member.replica.store.openView());
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      this.close();
      return undefined;
    }
  }

  #wants({ kind, action, object }: ObjectEvent): boolean {
    const { kinds, actions: wanted, ids } = this.#stream.wanted;
    return (
      isShown(kind) &&
      (kinds.size === 0 || kinds.has(kind)) &&
      (wanted.size === 0 || wanted.has(action)) &&
      (ids.size === 0 || ids.has(object.id))
    );
  }

  /** The reader has missed something: it reads the state again, and the stream goes on after that version. */
  async #resync(code: string, message: string): Promise<void> {
    this.#version = this.#member.replica.store.version;
    const body: StreamResyncShape = { ...this.#place, code, message };
    await this.#say('resync', body);
  }

  /** Says from time to time how far the stream is: a reader whose filter matches nothing can resume there. */
  #beating(store: MemoryStore): () => void {
    let cancel = () => undefined as void;
    const next = () => {
      cancel = this.#clock.schedule(bookmarkMs, () => {
        if (this.#rights() && !this.#response.writableNeedDrain && store.version >= this.#version)
          void this.#say('bookmark', this.#place);
        next();
      });
    };
    next();
    return () => cancel();
  }

  /** Writes one event, and waits when the reader is slow. The place is sent with it, so that whole transactions resume. */
  async #say(event: string, data: object): Promise<void> {
    const { signal } = this.#stop;
    if (signal.aborted) return;
    const id = `${this.#version}.${this.#member.replica.status().lineage}`;
    if (this.#response.write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`)) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        this.#response.removeListener('drain', go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      this.#response.once('drain', go);
      signal.addEventListener('abort', go, { once: true });
    });
  }
}

function changeOf(store: MemoryStore, event: ObjectEvent): StreamChangeShape {
  const { action, kind, object } = event;
  return {
    action,
    kind,
    id: object.id,
    name: nameIn(store, kind, object),
    object: shapeOf(kind, object),
    ...(action === 'update' && { old: shapeOf(kind, event.old) }),
  };
}
