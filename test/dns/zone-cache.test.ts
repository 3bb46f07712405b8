import { decode, encode } from 'dns-packet';
import { beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { answer } from '../../src/dns/answer.js';
import { fit } from '../../src/dns/fit.js';
import type { ZoneInstance } from '../../src/dns/zone.js';
import { instancesMax, ZoneCache } from '../../src/dns/zone-cache.js';

let version: number;
let catalogue: Record<string, ZoneInstance[]>;
/** Names that were looked up. */
let found: string[];
let cache: ZoneCache;

const at = (host: string, health: ZoneInstance['health'] = 'passing'): ZoneInstance => ({
  ...{ host, port: 80, weight: 1, health, tags: ['v1'] },
});
const records = (name: string, type: string) => {
  const named = cache.read(name);
  return named.is === 'service' ? named.records(type) : undefined;
};
const addresses = (name: string) => {
  const query = decode(encode({ type: 'query', id: 1, questions: [{ name, type: 'A' }] }));
  const { answers } = decode(fit(answer(query, cache, seededRandom(1)), 65_535));
  return answers?.map((record) => `${record.name} ${(record as { data?: string }).data}`).sort();
};

beforeEach(() => {
  version = 1;
  catalogue = { web: [at('10.0.0.1'), at('10.0.0.2'), at('10.0.0.3', 'critical')], db: [at('10.0.1.1')] };
  found = [];
  const find = (name: string) => {
    found.push(name);
    return [...(catalogue[name] ?? [])];
  };
  cache = new ZoneCache(find, () => version);
});

describe('the cache of a zone', () => {
  it('looks a name up once while nothing changes, in whatever capitals, and answers in those of the question', () => {
    for (const name of ['web.service.skep', 'WEB.Service.skep', 'web.SERVICE.SKEP'])
      expect(addresses(name)).toEqual([`${name} 10.0.0.1`, `${name} 10.0.0.2`]);
    expect(found).toEqual(['web']);
    expect(records('web.service.skep', 'SRV')).toBe(records('WEB.service.skep', 'SRV'));
  });

  it('keeps what was rendered when others changed, and renders anew what did', () => {
    const before = records('web.service.skep', 'A');
    version++;
    catalogue.db = [];
    expect(records('web.service.skep', 'A')).toBe(before);
    expect(found).toEqual(['web', 'web']);

    version++;
    catalogue.web = [at('10.0.0.1'), at('10.0.0.2', 'warning'), at('10.0.0.4')];
    expect(addresses('web.service.skep')).toEqual(['web.service.skep 10.0.0.1', 'web.service.skep 10.0.0.4']);
  });

  it('keeps names with a tag apart, and forgets a service that is gone', () => {
    expect(addresses('v1.web.service.skep')).toHaveLength(2);
    expect(addresses('v2.web.service.skep')).toEqual([]);
    version++;
    delete catalogue.web;
    expect(cache.read('v1.web.service.skep')).toEqual({ is: 'nothing' });
    expect(addresses('v1.web.service.skep')).toEqual([]);
  });

  it('holds a bounded number of instances, and answers all the same beyond', () => {
    const half = Array.from({ length: instancesMax / 2 }, (_, i) => at(`10.1.${i >> 8}.${i & 255}`));
    catalogue = { a: half, b: half, c: [at('10.0.0.9')] };
    for (const name of ['a', 'b', 'a', 'b']) cache.read(`${name}.service.skep`);
    expect(found).toEqual(['a', 'b']);
    expect(addresses('c.service.skep')).toEqual(['c.service.skep 10.0.0.9']);
    for (const name of ['c', 'a', 'a']) cache.read(`${name}.service.skep`);
    expect(found).toEqual(['a', 'b', 'c', 'a']);
  });
});
