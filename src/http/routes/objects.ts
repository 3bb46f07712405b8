import { answerBytes, foundIn, lookupOf, pageOf, type Rights, showObject } from '../../api/index.js';
import type { By, ReadTx, StoredObject } from '../../kinds/index.js';
import { type MemoryStore, tableOf } from '../../state/index.js';
import type { messages } from '../../wire/index.js';
import type { Asked } from '../asked.js';
import { isShown, kindNamed, nameIn, objectIn, pluralOf } from '../names.js';
import type { ItemShape, KindsShape, ObjectAnswerShape, ObjectShape, ObjectsShape } from '../shapes.js';
import { type JsonRoute, read } from './route.js';

/** Kinds and objects. */
export const objectRoutes: readonly JsonRoute[] = [
  {
    path: '/api/kinds',
    says: 'every kind, with its number of objects',
    answer: (call) =>
      read(call, ({ version, rights }): KindsShape => {
        const { store } = call.member.replica;
        const kinds = store.use().kinds.filter(({ kind }) => isShown(kind) && rights.mayReadKind(kind));
        return {
          version,
          kinds: kinds.map(({ kind, objects, bytes }) => ({
            kind,
            plural: pluralOf(store, kind),
            builtIn: store.kinds.find(kind) !== undefined && !store.descriptions().some((one) => one.kind === kind),
            indexes: Object.keys(store.kinds.get(kind).table.indexes),
            objects,
            bytes,
          })),
        };
      }),
  },
  {
    path: '/api/objects/*',
    says: 'objects of a kind: limit, after, id, idPrefix, name, namePrefix, index.NAME',
    answer: (call) => {
      const { store } = call.member.replica;
      const kind = kindNamed(store, call.parts[0] ?? '');
      const limit = call.asked.limit();
      const after = call.asked.text('after');
      const by = lookupOf(kind, filterOf(call.asked));
      return read(call, ({ tx, version, rights }): ObjectsShape => {
        rights.checkKind(kind);
        const found = readableIn(tx, kind, { by, limit: limit + 1, after, rights });
        const { items, more } = pageOf(found, limit, (object) => store.bytesOf(kind, object));
        const last = items.at(-1);
        return {
          version,
          kind,
          items: items.map((object) => itemOf(store, kind, object)),
          ...(more && last && { next: last.id }),
        };
      });
    },
  },
  {
    path: '/api/objects/*/*',
    says: 'one object, by its id',
    answer: (call) => {
      const { store } = call.member.replica;
      const [word = '', id = ''] = call.parts;
      const kind = kindNamed(store, word);
      return read(call, ({ tx, version, rights }): ObjectAnswerShape => {
        rights.check('read', kind, tableOf(tx, kind).get(id), id);
        return { version, kind, ...itemOf(store, kind, objectIn(tx, kind, id)) };
      });
    },
  },
];

/** Objects of a kind that the reader may read. Those that it may not read do not count for the limit. */
export function* readableIn(
  tx: ReadTx,
  kind: string,
  options: { readonly by: By; readonly limit: number; readonly after: string | undefined; readonly rights: Rights },
): Generator<StoredObject, void> {
  const { by, limit, after, rights } = options;
  let left = limit;
  for (const object of foundIn(tx, kind, by, { after, ...(!rights.limited && { limit }) })) {
    if (!rights.mayRead(kind, object)) continue;
    yield object;
    if (--left === 0) return;
  }
}

/** Most bytes of objects in one answer. */
export const pageBytesMax = answerBytes;

function itemOf(store: MemoryStore, kind: string, object: StoredObject): ItemShape {
  return { name: nameIn(store, kind, object), object: shapeOf(kind, object) };
}

/** Returns an object without the parts that never leave the store. */
export function shapeOf(kind: string, object: StoredObject): ObjectShape {
  return showObject(kind, object) as StoredObject & Record<string, unknown>;
}

function filterOf(asked: Asked): messages.Filter {
  return {
    ids: asked.words('id'),
    idPrefixes: asked.words('idPrefix'),
    names: asked.words('name'),
    namePrefixes: asked.words('namePrefix'),
    indexes: asked.below('index').map(([index, values]) => ({ index, values: values.map((text) => ({ text })) })),
  };
}
