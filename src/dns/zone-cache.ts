import { type Records, recordsOf } from './records.js';
import { type FindInstances, type Named, readName, type ZoneInstance } from './zone.js';

/** Limit of the instances whose records are kept, counted for each name anew: some 10 MB. */
export const instancesMax = 20_000;

type NamedService = Extract<Named, { readonly is: 'service' }>;

/** A service that was asked for, and its records by type, rendered when they are first needed. */
class KnownService {
  readonly is = 'service';
  readonly instances: readonly ZoneInstance[];
  /** The newest version at which the instances were these. */
  version: number;
  readonly #records = new Map<string, Records>();

  constructor({ instances }: NamedService, version: number) {
    this.instances = instances;
    this.version = version;
  }

  /** Returns records of the instances that pass. */
  records(type: string): Records {
    let records = this.#records.get(type);
    if (!records) {
      const passing = this.instances.filter(({ health }) => health === 'passing');
      records = recordsOf(type, passing);
      // Bounds the map by what has records: an empty answer costs nothing to make again.
      if (records.answers.length > 0) this.#records.set(type, records);
    }
    return records;
  }
}

export type KnownName = Exclude<Named, NamedService> | KnownService;

/**
 * Reads names of the zone, and keeps what it has rendered. While `version` stays, nothing is looked up; when it has grown,
 * the instances are, and their records are rendered again if they are others.
 */
export class ZoneCache {
  readonly #find: FindInstances;
  readonly #version: () => number;
  /** By name in small letters. */
  readonly #known = new Map<string, KnownService>();
  #instances = 0;

  /** `version` must grow with each change of what `find` gives, which gives the same objects for what is unchanged. */
  constructor(find: FindInstances, version: () => number) {
    this.#find = find;
    this.#version = version;
  }

  read(asked: string): KnownName {
    const key = asked.toLowerCase();
    const version = this.#version();
    const known = this.#known.get(key);
    if (known?.version === version) return known;
    const named = readName(key, this.#find);
    if (known && named.is === 'service' && sameItems(known.instances, named.instances)) {
      known.version = version;
      return known;
    }
    if (known) this.#forget(key, known);
    return named.is === 'service' ? this.#keep(key, new KnownService(named, version)) : named;
  }

  #keep(key: string, service: KnownService): KnownService {
    if (this.#instances + service.instances.length > instancesMax) {
      this.#known.clear();
      this.#instances = 0;
    }
    this.#known.set(key, service);
    this.#instances += service.instances.length;
    return service;
  }

  #forget(key: string, { instances }: KnownService): void {
    this.#known.delete(key);
    this.#instances -= instances.length;
  }
}

function sameItems(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((item, i) => item === others[i]);
}
