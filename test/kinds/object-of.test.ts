import { describe, expect, expectTypeOf, it } from 'vitest';
import { objectOf } from '../../src/kinds/object-of.js';
import {
  flag,
  int,
  list,
  object,
  type ObjectSchema,
  oneOf,
  oneOfWords,
  optional,
  text,
} from '../../src/kinds/schema.js';

interface Part {
  readonly size: number;
}
interface Whole {
  readonly name: string;
  readonly state: 'on' | 'off';
  readonly note?: string;
  readonly parts: readonly Part[];
  readonly one?: Part;
  readonly mode: { readonly big: Part } | { readonly small: Part };
}
const part = objectOf<Part>()({ size: int() });
const fields = {
  name: text(),
  state: oneOfWords(['on', 'off']),
  note: optional(text()),
  parts: list(part),
  one: optional(part),
  mode: oneOf({ big: part, small: part }, 'small'),
};

describe('objectOf', () => {
  it('makes the schema that object makes', () => {
    const input = { name: 'a', state: 'off', parts: [{ size: 2 }], mode: { big: {} } };
    expect(objectOf<Whole>()(fields).canonical(input)).toEqual(object(fields).canonical(input));
    expect(() => objectOf<Whole>()(fields).canonical({ size: 1 })).toThrow('is not a field here');
  });

  it('has the type of the interface, by its name', () => {
    expectTypeOf(objectOf<Whole>()(fields)).toEqualTypeOf<ObjectSchema<Whole>>();
    expectTypeOf(objectOf<Whole>()({ ...fields, parts: list(object({ size: int() })) })).toEqualTypeOf<
      ObjectSchema<Whole>
    >();
  });

  // The compiler is the judge: each line below is an error, or this file does not compile.
  it('compiles only when interface and schema are equal', () => {
    const { note: _note, name: _name, ...others } = fields;
    const schemas = [
      // @ts-expect-error a field is missing
      () => objectOf<Whole>()({ ...others, note: fields.note }),
      // @ts-expect-error an optional field is missing
      () => objectOf<Whole>()({ ...others, name: text() }),
      // @ts-expect-error there is one field more
      () => objectOf<Whole>()({ ...fields, more: flag() }),
      // @ts-expect-error another type
      () => objectOf<Whole>()({ ...fields, name: int() }),
      // @ts-expect-error a narrower type than the interface says
      () => objectOf<Whole>()({ ...fields, name: oneOfWords(['a']) }),
      // @ts-expect-error a wider type than the interface says
      () => objectOf<Whole>()({ ...fields, state: text() }),
      // @ts-expect-error a word less
      () => objectOf<Whole>()({ ...fields, state: oneOfWords(['on']) }),
      // @ts-expect-error a word more
      () => objectOf<Whole>()({ ...fields, state: oneOfWords(['on', 'off', 'maybe']) }),
      // @ts-expect-error optional in the interface only
      () => objectOf<Whole>()({ ...fields, note: text() }),
      // @ts-expect-error optional in the schema only
      () => objectOf<Whole>()({ ...fields, name: optional(text()) }),
      // @ts-expect-error another type further down
      () => objectOf<Whole>()({ ...fields, parts: list(object({ size: text() })) }),
      // @ts-expect-error optional further down
      () => objectOf<Whole>()({ ...fields, one: optional(object({ size: optional(int()) })) }),
      // @ts-expect-error a choice less
      () => objectOf<Whole>()({ ...fields, mode: oneOf({ big: part }, 'big') }),
      // @ts-expect-error what is stored is frozen
      () => objectOf<{ size: number }>()({ size: int() }),
    ];
    expect(schemas.map((make) => make().fields)).toHaveLength(schemas.length);
  });
});
