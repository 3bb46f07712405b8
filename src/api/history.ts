import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { groupedToLast } from '../base/grouped.js';
import { isKind, type ObjectEvent, type ReadTx } from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import { callerIn } from '../rpc/index.js';
import { historyEntries, type KindUse, type MemoryStore, tableOf } from '../state/index.js';
import type { messages } from '../wire/index.js';
import { timeLeft } from './forward.js';
import { checkedKind } from './names.js';
import { mayReadEvent } from './readable.js';
import { pageBytes, readCommitted } from './reads.js';
import { Rights } from './rights.js';
import { FieldRoom, wireFields } from './shown.js';
import { streaming } from './streaming.js';
import { turns } from './turns.js';

/** `History` and `Kinds`: what is known about objects beside the objects. */
export function kindsService(replica: Replica): UntypedServiceImplementation {
  const { store } = replica;
  return {
    History: streaming<messages.HistoryRequest, messages.HistoryResponse>(async (call, { say, signal }) => {
      const { kind, id, limit } = call.request;
      const read = (tx: ReadTx) => {
        const rights = Rights.in(tx, store.kinds, callerIn(call));
        const object = tableOf(tx, checkedKind(kind)).get(id);
        const records = store.history;
        const readable = (event: ObjectEvent) => mayReadEvent(rights, event);
        // An object that is gone is judged by what it was: its name gave the right, or did not.
        const [last] = object ? [] : historyEntries(records, kind, id, { limit: 1, where: readable });
        if (!last) rights.check('read', kind, object, id);
        return { records, where: readable, reachesBackTo: store.use().history.reachesBackTo };
      };
      const { reachesBackTo, ...from } = await readCommitted(replica, call.request, timeLeft(call), read);
      const entries = wireEntries({ ...from, kind: checkedKind(kind), id, limit: limit || Infinity });
      const groups = groupedToLast(entries, { bytes: pageBytes }, ({ bytes }) => bytes);
      const following = () => turns.do(() => groups.next());
      for (let next = await following(); !next.done; next = await following()) {
        if (signal.aborted) return;
        await say({ entries: next.value.group.map(({ entry }) => entry), reachesBackTo });
      }
    }),
    Kinds: (call: ServerUnaryCall<unknown, unknown>, done: sendUnaryData<messages.KindsResponse>) => {
      const rights = store.view((tx) => Rights.in(tx, store.kinds, callerIn(call)));
      const kinds = store.use().kinds.filter(({ kind }) => rights.mayReadKind(kind));
      done(null, { kinds: kinds.map((use) => kindUse(replica, use)) });
    },
  };
}

/** Yields the history of one object, as messages with their sizes, made on demand. */
function* wireEntries({
  records,
  kind,
  id,
  ...options
}: {
  readonly records: MemoryStore['history'];
  readonly kind: string;
  readonly id: string;
  readonly limit: number;
  readonly where: (event: ObjectEvent) => boolean;
}): Generator<{ entry: messages.HistoryEntry; bytes: number }, void> {
  for (const { action, fields, ...rest } of historyEntries(records, kind, id, options)) {
    const room = new FieldRoom(pageBytes);
    const op = action === 'delete' ? ('remove' as const) : action;
    const entry = { ...rest, op, ...wireFields(kind, fields, room) };
    yield { entry, bytes: entryBytes + pageBytes - room.bytes };
  }
}

/** Overhead of an entry beside its fields, bytes. */
const entryBytes = 64;

function kindUse({ store }: Replica, { kind, objects, bytes, limits }: KindUse): messages.KindUse {
  const known = store.kinds.find(kind);
  const description = store.descriptions().find((one) => one.kind === kind);
  return {
    kind,
    plural: known?.plural ?? description?.plural ?? kind,
    builtIn: isKind(kind),
    known: known !== undefined,
    indexes: known ? Object.keys(known.table.indexes) : (description?.indexes ?? []),
    objects,
    bytes,
    ...(limits?.objects !== undefined && { objectsMax: limits.objects }),
    ...(limits?.bytes !== undefined && { bytesMax: limits.bytes }),
  };
}
