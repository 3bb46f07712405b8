import { describe, it } from 'vitest';
import { z } from 'zod';
import { defineKind, schema as s, type StandardSchema, typeOf } from '../../src/index.js';

// Never runs: the compiler is the judge.
const judge = (_: () => unknown) => undefined;
const name = 'things';

describe('the types of what a kind keeps', () => {
  it('refuse what is no plain data', () => {
    judge(() => [
      // @ts-expect-error a Date is an instance of a class
      defineKind({ name, schema: z.object({ at: z.date() }) }),
      // @ts-expect-error in a list
      defineKind({ name, schema: z.object({ runs: z.array(z.object({ at: z.date().optional() })) }) }),
      // @ts-expect-error a Map
      defineKind({ name, schema: z.object({ by: z.map(z.string(), z.number()) }) }),
      // @ts-expect-error a Set
      defineKind({ name, schema: z.object({ of: z.set(z.string()) }) }),
      // @ts-expect-error JSON has no bigint
      defineKind({ name, schema: z.object({ n: z.bigint() }) }),
      // @ts-expect-error what a transform makes counts
      defineKind({ name, schema: z.object({ url: z.string().transform((text) => new URL(text)) }) }),
      // @ts-expect-error one of several
      defineKind({ name, schema: z.object({ v: z.union([z.string(), z.date()]) }) }),
      // @ts-expect-error values of a record
      defineKind({ name, schema: z.object({ times: z.record(z.string(), z.date()) }) }),
      // @ts-expect-error whatever the library
      defineKind({ name, schema: undefined as unknown as StandardSchema<{ bytes: Uint8Array }> }),
      // @ts-expect-error by its type alone
      defineKind({ name, type: typeOf<{ at: Date }>() }),
      // @ts-expect-error a function
      defineKind({ name, type: typeOf<{ run: () => void }>() }),
      // @ts-expect-error a plain value of that type
      defineKind({ name, schema: s.object({ at: s.plain<Date>() }) }),
    ]);
  });

  it('take plain data, however deep', () => {
    type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
    interface Tree {
      readonly name: string;
      readonly under?: readonly Tree[];
    }
    judge(() => [
      defineKind({
        name,
        schema: z.object({
          text: z.string().brand<'Text'>(),
          when: z.iso.datetime(),
          state: z.enum(['on', 'off']).default('on'),
          at: z.date().transform((date) => date.toISOString()),
          none: z.null(),
          pair: z.tuple([z.string(), z.number()]),
          any: z.unknown(),
          json: z.json(),
          labels: z.record(z.string(), z.string()),
          shape: z.discriminatedUnion('type', [
            z.object({ type: z.literal('a'), a: z.number() }),
            z.object({ type: z.literal('b'), b: z.string().optional() }),
          ]),
        }),
        indexes: { when: (thing) => thing.when, state: ({ state }) => state },
        validate: (thing, old) => (thing.text === old?.text ? undefined : 'text'),
      }).by('state', 'on'),
      defineKind({ name, schema: z.looseObject({ a: z.string() }) }),
      defineKind({ name, schema: s.object({ free: s.plain(), json: s.plain<Json>(), tree: s.plain<Tree>() }) }),
      defineKind({ name, type: typeOf<Tree>(), indexes: { name: (tree) => tree.name } }),
      defineKind({ name, type: typeOf<{ json: Json; any: unknown }>() }),
      defineKind({ name, type: typeOf<object>() }),
    ]);
  });

  it('refuse a schema with a field of the store', () => {
    judge(() => [
      // @ts-expect-error every object has an id
      defineKind({ name, schema: z.object({ id: z.string(), a: z.string() }) }),
      // @ts-expect-error every object has a meta
      defineKind({ name, schema: z.object({ meta: z.string().optional() }) }),
      // @ts-expect-error in a schema of ours, too
      defineKind({ name, schema: s.object({ id: s.text() }) }),
    ]);
  });
});
