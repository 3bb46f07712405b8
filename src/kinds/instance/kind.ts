import { defineKind } from '../custom-kind.js';
import * as s from '../schemas.js';
import { checkedRecord, healths } from './record.js';

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
  validate(instance) {
    const checked = checkedRecord({ ...instance, meta: instance.metadata });
    return typeof checked === 'string' ? checked : undefined;
  },
});
