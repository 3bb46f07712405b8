import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Replica } from '../replica/index.js';
import { isKind, type KindUse } from '../state/index.js';
import type { messages } from '../wire/index.js';
import { checkedKind } from './names.js';
import { readHandler } from './reads.js';
import { wireFields } from './shown.js';

/** `History` and `ListKinds`: what is known about objects beside the objects. */
export function kindsService(replica: Replica): UntypedServiceImplementation {
  const { store } = replica;
  return {
    History: readHandler(replica, ({ kind, id, limit }: messages.HistoryRequest): messages.HistoryResponse => {
      const entries = store.historyOf(checkedKind(kind), id).map(({ action, fields, ...entry }) => ({
        ...entry,
        op: action === 'delete' ? ('remove' as const) : action,
        fields: wireFields(kind, fields),
      }));
      return {
        entries: limit > 0 ? entries.slice(-limit) : entries,
        reachesBackTo: store.use().history.reachesBackTo,
      };
    }),
    ListKinds: (_call: ServerUnaryCall<unknown, unknown>, done: sendUnaryData<messages.ListKindsResponse>) =>
      done(null, { kinds: store.use().kinds.map((use) => kindUse(replica, use)) }),
  };
}

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
