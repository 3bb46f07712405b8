import type { messages } from '../wire/index.js';
import type { AnyObject, FieldChange, Secret, StoredObject } from '../state/index.js';

const shown = new WeakMap<Secret, Secret>();

/** An object as it may leave the store: the data of a secret stays. */
export function showObject<T extends StoredObject>(kind: string, object: T): T {
  if (kind !== 'secret') return object;
  const secret = object as unknown as Secret;
  let hidden = shown.get(secret);
  if (!hidden) {
    hidden = Object.freeze({ ...secret, spec: Object.freeze({ ...secret.spec, data: '' }) });
    shown.set(secret, hidden);
  }
  return hidden as unknown as T;
}

/** What differs, as it may leave the store: that the data of a secret changed, and not into what. */
function showFields(kind: string, fields: readonly FieldChange[]): FieldChange[] {
  return fields.map((field) => (kind === 'secret' && field.path === 'spec.data' ? { path: field.path } : field));
}

/** An update of a secret that somebody read without its data keeps the data. */
export function withHiddenParts(kind: string, object: AnyObject, old: StoredObject | undefined): AnyObject {
  if (kind !== 'secret' || old === undefined) return object;
  const [given, stored] = [object as Secret, old as Secret];
  return given.spec.data === '' ? { ...given, spec: { ...given.spec, data: stored.spec.data } } : object;
}

/** Longest JSON of a value that is shown, characters. */
const valueMax = 64 * 1024;
/** Overhead of a field beside its texts, bytes. */
const fieldBytes = 16;

/** Remaining bytes for fields in one message. */
export class FieldRoom {
  bytes: number;

  constructor(bytes: number) {
    this.bytes = bytes;
  }
}

/**
 * Converts field changes to messages: values are JSON. Values that are too long, and fields beyond `room`, are marked
 * or counted, not shown.
 */
export function wireFields(
  kind: string,
  fields: readonly FieldChange[],
  room: FieldRoom,
): { readonly fields: messages.FieldChange[]; readonly fieldsLeftOut: number } {
  const shown: messages.FieldChange[] = [];
  for (const field of showFields(kind, fields)) {
    if (room.bytes <= 0) break;
    const wire = wireField(field);
    room.bytes -= wire.path.length + (wire.old?.length ?? 0) + (wire.new?.length ?? 0) + fieldBytes;
    shown.push(wire);
  }
  return { fields: shown, fieldsLeftOut: fields.length - shown.length };
}

function wireField({ path, ...field }: FieldChange): messages.FieldChange {
  const values = {
    ...('old' in field && { old: JSON.stringify(field.old) }),
    ...('new' in field && { new: JSON.stringify(field.new) }),
  };
  const tooLong = Object.values(values).some(({ length }) => length > valueMax);
  return tooLong ? { path, tooLong } : { path, ...values };
}
