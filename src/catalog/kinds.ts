import { defineKind, schema as s } from '../kinds/index.js';
import { healths } from './health.js';
import { mistakeIn } from './record.js';

/** One instance in the catalogue, as the store keeps it. Its id is the instance's. */
export const instances = defineKind({
  name: 'instances',
  schema: s.object({
    name: s.text(),
    host: s.text(),
    port: s.uint(),
    tags: s.list(s.text()),
    /** The `meta` of a registration: an object of the store has a `meta` of its own. */
    metadata: s.stringMap(),
    weight: s.uint(),
    health: s.oneOfWords(healths),
    agent: s.text(),
    /** Of the agent's stay, which it goes with; the lease's id where there is one. */
    session: s.text(),
    lease: s.text(),
  }),
  indexes: {
    service: (instance) => instance.name,
    /** For DNS, where capitals mean nothing. */
    lowered: (instance) => instance.name.toLowerCase(),
    tags: (instance) => instance.tags,
    session: (instance) => instance.session,
    lease: (instance) => instance.lease || undefined,
  },
  validate: (instance) => mistakeIn({ ...instance, meta: instance.metadata }),
});

/** Kinds that a member needs to serve the catalogue. */
export const kinds = [instances];
