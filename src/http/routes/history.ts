import { mayReadEvent, type Rights, showFields } from '../../api/index.js';
import type { ObjectEvent } from '../../kinds/index.js';
import { historyEntries, type MemoryStore, tableOf, type TransactionRecord } from '../../state/index.js';
import { isShown, kindNamed, nameIn } from '../names.js';
import type {
  ChangeShape,
  EntryShape,
  FieldShape,
  ObjectHistoryShape,
  TimelineShape,
  TransactionShape,
} from '../shapes.js';
import { type JsonRoute, read } from './route.js';

/** Most fields of an entry, most characters of a value, and most changes of a transaction that are shown. */
const fieldsMax = 500;
const valueMax = 64 * 1024;
const changesMax = 50;

/** Changes of the past. */
export const historyRoutes: readonly JsonRoute[] = [
  {
    path: '/api/history',
    says: 'transactions, newest first: limit, before, kind',
    answer: (call) => {
      const { store } = call.member.replica;
      const limit = call.asked.limit();
      const before = call.asked.whole('before') ?? Infinity;
      const kinds = new Set(call.asked.words('kind').map((word) => kindNamed(store, word)));
      return read(call, ({ version, rights }) => timeline(store, { version, limit, before, kinds, rights }));
    },
  },
  {
    path: '/api/history/*/*',
    says: 'changes of one object, newest first, field by field: limit',
    answer: (call) => {
      const { store } = call.member.replica;
      const [word = '', id = ''] = call.parts;
      const kind = kindNamed(store, word);
      const limit = call.asked.limit();
      return read(call, ({ tx, version, rights }): ObjectHistoryShape => {
        const where = (event: ObjectEvent) => mayReadEvent(rights, event);
        const found = [...historyEntries(store.history, kind, id, { limit, where })];
        const object = tableOf(tx, kind).get(id);
        // An object that is gone is judged by what it was.
        if (object || found.length === 0) rights.check('read', kind, object, id);
        const entries = found.map((entry) => entryOf(kind, entry)).reverse();
        return { version, historyFrom: store.use().history.reachesBackTo, entries };
      });
    },
  },
];

interface TimelineAsked {
  readonly version: number;
  readonly limit: number;
  readonly before: number;
  /** Empty for all. */
  readonly kinds: ReadonlySet<string>;
  readonly rights: Rights;
}

function timeline(store: MemoryStore, { version, limit, before, kinds, rights }: TimelineAsked): TimelineShape {
  const isWanted = (event: ObjectEvent) =>
    isShown(event.kind) && (kinds.size === 0 || kinds.has(event.kind)) && mayReadEvent(rights, event);
  const { reachesBackTo } = store.use().history;
  const transactions: TransactionShape[] = [];
  let next: number | undefined;
  for (let at = Math.min(before - 1, version); at > reachesBackTo; at--) {
    const record = store.transaction(at);
    if (!record) continue;
    const wanted = record.events.filter(isWanted);
    if (wanted.length === 0) continue;
    if (transactions.length === limit) {
      next = at + 1;
      break;
    }
    transactions.push(transactionOf(store, record, wanted));
  }
  return { version, historyFrom: reachesBackTo, transactions, ...(next !== undefined && { next }) };
}

function transactionOf(
  store: MemoryStore,
  { version, time, actor, reason }: TransactionRecord,
  events: TransactionRecord['events'],
): TransactionShape {
  return {
    version,
    time,
    ...said({ actor, reason }),
    changes: events.slice(0, changesMax).map((event): ChangeShape => ({
      action: event.action,
      kind: event.kind,
      id: event.object.id,
      name: nameIn(store, event.kind, event.object),
    })),
    changesLeftOut: Math.max(0, events.length - changesMax),
  };
}

/** Actor and reason, where they were given. */
export function said({ actor, reason }: { actor?: string | undefined; reason?: string | undefined }): {
  actor?: string;
  reason?: string;
} {
  return { ...(actor !== undefined && { actor }), ...(reason !== undefined && { reason }) };
}

type Entry = ReturnType<typeof historyEntries> extends Generator<infer T> ? T : never;

function entryOf(kind: string, { version, time, action, actor, reason, fields }: Entry): EntryShape {
  return {
    version,
    time,
    action,
    ...said({ actor, reason }),
    fields: showFields(kind, fields.slice(0, fieldsMax)).map(fieldOf),
    fieldsLeftOut: Math.max(0, fields.length - fieldsMax),
  };
}

function fieldOf(field: FieldShape): FieldShape {
  const length = Math.max(...[field.old, field.new].map((value) => JSON.stringify(value ?? null).length));
  return length > valueMax ? { path: field.path, tooLong: true } : field;
}
