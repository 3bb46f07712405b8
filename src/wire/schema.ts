import { descriptor } from './generated/descriptor.js';
import type { Messages } from './generated/messages.js';

/** The package of all messages and services. */
export const packageName = 'skep.v1';

interface Method {
  readonly requestType: string;
  readonly responseType: string;
  readonly requestStream?: boolean;
  readonly responseStream?: boolean;
}

interface Item {
  readonly nested?: Readonly<Record<string, Item>>;
  readonly values?: object;
  readonly methods?: Readonly<Record<string, Method>>;
  readonly fields?: Readonly<Record<string, { readonly id: number; readonly type: string; readonly keyType?: string }>>;
}

/** Finds a message, an enum or a service in the descriptor. */
function itemOf(name: string): Item | undefined {
  let item: Item | undefined = descriptor;
  for (const part of [...packageName.split('.'), name]) item = item?.nested?.[part];
  return item;
}

/** The methods of a service in proto/, by their names. */
export function methodsOf(service: string): Readonly<Record<string, Method>> {
  const { methods } = itemOf(service) ?? {};
  if (!methods) throw new TypeError(`proto/ has no service ${service}`);
  return methods;
}

export interface KnownField {
  readonly name: string;
  /** Of one item where the field is a list. */
  readonly wireType: number;
}

function wireTypeOf(type: string): number {
  if (type === 'double') return 1;
  if (type === 'string' || type === 'bytes') return 2;
  if (/^(?:bool|u?int(?:32|64))$/.test(type)) return 0;
  return itemOf(type)?.values ? 0 : 2;
}

const known = new Map<keyof Messages, ReadonlyMap<number, KnownField>>();

/** The field of a message that has this number, if there is one. */
export function knownField(message: keyof Messages, number: number): KnownField | undefined {
  let fields = known.get(message);
  if (!fields) {
    const entries = Object.entries(itemOf(message)?.fields ?? {});
    fields = new Map(
      entries.map(([name, { id, type, keyType }]) => [id, { name, wireType: keyType ? 2 : wireTypeOf(type) }]),
    );
    known.set(message, fields);
  }
  return fields.get(number);
}
