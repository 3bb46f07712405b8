import fc from 'fast-check';
import { type AnyObject, canonicalObject, type Kind, kindOf } from '../../src/kinds/index.js';

type Canonical = (input: unknown) => unknown;

/** Any text that can be written as UTF-8, the awkward sort included. */
export const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', 'web', '__proto__', 'ß𝕊\u0000', '\uffff', '\ud7ff\ue000'),
);
export const uint = fc.oneof(fc.maxSafeNat(), fc.nat(300), fc.constantFrom(0, 2 ** 31, 2 ** 32, 2 ** 53 - 1));
export const int = fc.oneof(fc.maxSafeInteger(), uint);
export const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => new Uint8Array(array));

const mapKey = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }).filter((key) => key !== '__proto__'),
  fc.constantFrom('', '10', '9', '-1', 'constructor', 'toString', 'hasOwnProperty', 'é', 'z'),
);

function listed(message: string, pattern: RegExp): string[] {
  const [, names = ''] = pattern.exec(message) ?? [];
  return names === '' ? [] : names.split(', ');
}

/**
 * Generates what a schema takes. A schema tells what it is by what it says of input that nothing takes, so that a field
 * that is added to a table is generated without a word here.
 */
export function arbitraryOf(canonical: Canonical): fc.Arbitrary<unknown> {
  const complaint = complaintOf(canonical, { '\0': 1 });
  const words = listed(complaint, /^must be one of (.*); is/);
  const fields = listed(complaint, /^is not a field here; known are (.*)$/);
  const choices = listed(complaint, /^must have exactly one of (.*); has/);
  if (complaint === 'is not a field here; known are ') return fc.constant({});
  if (words.length > 0) return fc.constantFrom(...words);
  if (fields.length > 0) return recordOf(canonical, fields);
  if (choices.length > 0) return fc.oneof(...choices.map((key) => recordOf(canonical, [key], [key])));
  if (complaint.startsWith('must be a string, is 1')) return fc.dictionary(mapKey, text, { maxKeys: 5 });
  if (complaint.startsWith('must be a string')) return text;
  if (complaint.startsWith('must be true or false')) return fc.boolean();
  if (complaint.startsWith('must be a whole number from 0 to 4294967295')) return fc.nat({ max: 0xffff_ffff });
  if (complaint.startsWith('must be a whole number from 0')) return uint;
  if (complaint.startsWith('must be a whole number')) return int;
  if (complaint.startsWith('must be a finite number')) return fc.double({ noNaN: true, noDefaultInfinity: true });
  if (complaint.startsWith('must be an array')) {
    const item = arbitraryOf((input) => (canonical([input]) as unknown[])[0]);
    return fc.array(item, { maxLength: 3 });
  }
  throw new TypeError(`no arbitrary for a schema that says: ${complaint}`);
}

function complaintOf(canonical: Canonical, input: unknown): string {
  try {
    canonical(input);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

function recordOf(canonical: Canonical, names: string[], required: string[] = []): fc.Arbitrary<unknown> {
  const model = Object.fromEntries(
    names.map((name) => [
      name,
      arbitraryOf((input) => (canonical({ [name]: input }) as Record<string, unknown>)[name]),
    ]),
  );
  return fc.record(model, { requiredKeys: required });
}

/** Stored objects of a kind, in canonical form. */
export function storedObject(kind: Kind): fc.Arbitrary<AnyObject> {
  const definition = kindOf(kind);
  const body = arbitraryOf((input) => definition.body.canonical(input));
  const meta = fc.record({ version: uint, createdAt: int, updatedAt: int });
  return fc
    .tuple(body, fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), meta)
    .map(
      ([input, id, stamp]) =>
        canonicalObject(definition, input as object, id, Object.freeze({ ...stamp })) as AnyObject,
    );
}
