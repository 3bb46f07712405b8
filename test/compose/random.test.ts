import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml, stringify } from 'yaml';
import { ComposeError } from '../../src/compose/index.js';
import { Cluster, parse } from '../support/cli-compose.js';

const folder = join(import.meta.dirname, 'stack-deploy/every');
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');
const contents = Object.fromEntries(
  ['cfg.txt', 'plain.txt', 'vars.env'].map((file) => [`/stacks/every/${file}`, textOf(file)]),
);
const whole = parseYaml(textOf('compose.yaml')) as { services: { full: Record<string, unknown> } };
const { full } = whole.services;
const keys = Object.keys(full).filter((key) => key !== 'image');
const load = (text: string | readonly string[]) => parse(text, { contents, folder: '/stacks/every' });

/** Any JSON, with words of Compose among the keys. */
const word = fc.constantFrom(
  ...keys,
  'services',
  'extends',
  'include',
  'a',
  'name',
  'image',
  '<<',
  '__proto__',
  'constructor',
);
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(
      fc.string(),
      word,
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('${A', '$$', '${A:?x}', '1:2', '/a:/b'),
    ),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(word, tie('json'), { maxKeys: 4 }),
  ),
}));

describe('a random Compose file', () => {
  it('loads whatever subset of all keys it has, and the same again changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(keys), async (subset) => {
        const service = Object.fromEntries(['image', ...subset].map((key) => [key, full[key]]));
        const text = stringify({ ...whole, services: { full: service } });
        const cluster = new Cluster();
        await cluster.store.update((tx) => {
          tx.networks().create({ spec: { annotations: { name: 'somebody-elses' } } });
          tx.configs().create({ spec: { annotations: { name: 'outer_config' }, data: 'YQ==' } });
        });
        await cluster.apply(load(text));
        expect(cluster.service('every_full').spec.task.container?.image).toBe('busybox:1.36');
        expect(cluster.plan(load(text), { prune: true })).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('is refused with nothing but a ComposeError, alone and merged', () => {
    const file = fc.oneof(
      json,
      json.map((web) => ({ services: { web: web } })),
      fc.tuple(word, json).map(([key, value]) => ({ services: { web: { image: 'i', [key]: value } } })),
      fc
        .tuple(fc.constantFrom('networks', 'volumes', 'secrets', 'configs', 'include'), json)
        .map(([key, value]) => ({ [key]: value, services: { web: { image: 'i' } } })),
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            file.map((it) => stringify(it)),
            fc.string(),
          ),
          { minLength: 1, maxLength: 3 },
        ),
        (texts) => {
          try {
            load(texts);
          } catch (error) {
            if (!(error instanceof ComposeError)) throw error;
          }
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('is refused with a ComposeError when one character is another', () => {
    const text = textOf('compose.yaml');
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.string({ maxLength: 2 }), (at, other) => {
        try {
          load(text.slice(0, at) + other + text.slice(at + 1));
        } catch (error) {
          if (!(error instanceof ComposeError)) throw error;
        }
      }),
      { numRuns: 150 },
    );
  });
});
