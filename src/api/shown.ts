import { type AnyObject, isKind, kindOf, type StoredObject, systemHidden } from '../kinds/index.js';
import type { FieldChange } from '../state/index.js';
import type { messages } from '../wire/index.js';

const shown = new WeakMap<StoredObject, StoredObject>();

/** Returns the paths of a kind that never leave the store. */
function hiddenOf(kind: string): readonly string[] {
  return isKind(kind) ? kindOf(kind).hidden : (systemHidden[kind] ?? []);
}

/** Returns an object as it may leave the store: without the data of a secret, or the credentials for a registry. */
export function showObject<T extends StoredObject>(kind: string, object: T): T {
  const hidden = hiddenOf(kind);
  if (hidden.length === 0) return object;
  let made = shown.get(object);
  if (!made) {
    made = hidden.reduce<T>((one, path) => withoutText(one, path.split('.')), object);
    if (made !== object) shown.set(object, made);
  }
  return made as T;
}

/** Returns the differences as they may leave the store: that the data of a secret changed, and not into what. */
export function showFields(kind: string, fields: readonly FieldChange[]): FieldChange[] {
  const hidden = hiddenOf(kind);
  return fields.map((field) => (hidden.includes(field.path) ? { path: field.path } : field));
}

/** Returns an update with the parts that its sender was not shown: a secret that was read without its data keeps the data. */
export function withHiddenParts(kind: string, object: AnyObject, old: StoredObject | undefined): AnyObject {
  if (old === undefined) return object;
  return hiddenOf(kind).reduce((one, path) => {
    const parts = path.split('.');
    const text = textAt(old, parts);
    return textAt(one, parts) === '' && text !== undefined ? withText(one, parts, text) : one;
  }, object);
}

type Parts = Readonly<Record<string, unknown>>;

/** Returns the text there; `undefined` where the part that would hold it is absent. */
function textAt(object: object, [field = '', ...rest]: readonly string[]): unknown {
  const value = (object as Parts)[field];
  if (rest.length === 0) return value;
  return typeof value === 'object' && value !== null ? textAt(value, rest) : undefined;
}

function withoutText<T extends object>(object: T, path: readonly string[]): T {
  const text = textAt(object, path);
  return text === undefined || text === '' ? object : withText(object, path, '');
}

/** Returns a frozen copy with another text there. */
function withText<T extends object>(object: T, [field = '', ...rest]: readonly string[], text: unknown): T {
  const value = (object as Parts)[field];
  return Object.freeze({ ...object, [field]: rest.length > 0 ? withText(value as object, rest, text) : text });
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
