import { defineKind, type SystemKind } from '../custom-kind.js';
import { objectOf } from '../object-of.js';
import { list, oneOfWords, optional, stringMap, text, uint } from '../schema.js';
import { checkedRecord, type Health, healths } from './record.js';

/** Fields of one instance in the catalogue. */
export interface InstanceBody {
  /** Name of the service. */
  readonly name: string;
  /** Host name or address. */
  readonly host: string;
  /** Port, 0 to 65535. */
  readonly port: number;
  /** Words by which users choose instances. */
  readonly tags: readonly string[];
  /** The `meta` of a registration: an object of the store has a `meta` of its own. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Share of the traffic compared with other instances. */
  readonly weight: number;
  /** Worst result of its checks. */
  readonly health: Health;
  /** Name of the agent that registered it. */
  readonly agent: string;
  /** Session of the agent; the lease's id where there is one. The instance is removed with it. */
  readonly session: string;
  /** Id of the lease with which it is removed; empty for none. */
  readonly lease: string;
  /** Identity that registered it, as `user/agent`: others may not replace or remove it. Absent where connections are in clear text. */
  readonly owner?: string;
}

/** Values of the indexes of {@link instances}. */
export interface InstanceIndexes {
  /** Name of the service. */
  readonly service: string;
  /** Name of the service in lower case: for DNS, where capitals mean nothing. */
  readonly lowered: string;
  /** Tags, each by itself. */
  readonly tags: readonly string[];
  /** Session of the agent. */
  readonly session: string;
  /** Id of the lease, where there is one. */
  readonly lease: string | undefined;
}

/** One instance in the catalogue, as the store keeps it. Its id is the instance's. */
export const instances: SystemKind<InstanceBody, InstanceIndexes, 'instances'> = defineKind({
  name: 'instances',
  schema: objectOf<InstanceBody>()({
    name: text(),
    host: text(),
    port: uint(),
    tags: list(text()),
    metadata: stringMap(),
    weight: uint(),
    health: oneOfWords(healths),
    agent: text(),
    session: text(),
    lease: text(),
    owner: optional(text()),
  }),
  indexes: {
    service: (instance) => instance.name,
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
