import { isIP } from 'node:net';
import { type Answer, encode } from 'dns-packet';
import { nameOfAddress, zone, type ZoneInstance } from './zone.js';

/** Time for which others may cache an answer, seconds: health changes by the second. */
export const ttl = 5;

const headerBytes = 12;
/** A name of three bytes, in place of the name that was asked. */
const placeholder = 'x';
/** Points to the name that was asked, which follows the header of each response (RFC 1035 §4.1.4). */
const pointer = 0xc000 | headerBytes;

/** Resource records of a response, each as bytes. They name no place in it, so any order and selection is right. */
export interface Records {
  readonly answers: readonly Buffer[];
  /** Addresses of the targets that the answers name. */
  readonly additionals: readonly Buffer[];
}

/** Renders the records of one type for instances, whatever their health. */
export function recordsOf(type: string, instances: readonly ZoneInstance[]): Records {
  if (type === 'SRV') return services(instances);
  const hosts = instances.map(({ host }) => host);
  return { answers: addressRecords(type, hosts), additionals: [] };
}

/**
 * Renders the addresses among hosts, of the family that is asked for, as records of the name that was asked. A host that
 * has a name is for SRV only.
 */
export function addressRecords(type: string, hosts: readonly string[]): Buffer[] {
  const addresses = [...new Set(hosts)].filter((host) => isIP(host) !== 0).map((host) => addressOf(host, placeholder));
  return ofAskedName(addresses.filter((record) => type === 'ANY' || record.type === type));
}

function services(instances: readonly ZoneInstance[]): Records {
  const named = instances.filter(({ host }) => isIP(host) !== 0 || isName(host));
  const answers = named.map(({ host, port, weight }): Answer => {
    const target = isIP(host) === 0 ? host : nameOfAddress(host);
    const data = { priority: 1, weight: Math.min(weight, 0xffff), port, target };
    return { type: 'SRV', name: placeholder, ttl, data };
  });
  const addresses = [...new Set(named.map(({ host }) => host))].filter((host) => isIP(host) !== 0);
  return {
    answers: ofAskedName(answers),
    additionals: rendered(addresses.map((host) => addressOf(host, nameOfAddress(host)))),
  };
}

function addressOf(host: string, name: string): Answer {
  return { type: isIP(host) === 4 ? 'A' : 'AAAA', name, ttl, data: host };
}

/** Can it be written as a name (RFC 1035 §2.3.4)? One that cannot would spoil the whole answer. */
function isName(host: string): boolean {
  const labels = host.replace(/\.$/, '').split('.');
  return host.length <= 253 && labels.every((label) => label.length >= 1 && label.length <= 63);
}

/** Renders each record, with its own name. All at once: a buffer for each is several times as slow. */
export function rendered(records: readonly Answer[]): Buffer[] {
  const bytes = encode({ answers: [...records] });
  let end = headerBytes;
  return records.map(() => {
    const start = end;
    while (bytes[end] !== 0) end += 1 + (bytes[end] ?? 0);
    // Behind the name: 8 bytes of type, class and TTL, then the length of the data.
    end += 11 + bytes.readUInt16BE(end + 9);
    return bytes.subarray(start, end);
  });
}

/** Renders each record, whose name is the placeholder, as one of the name that was asked. */
function ofAskedName(records: readonly Answer[]): Buffer[] {
  return rendered(records).map((record) => {
    record.writeUInt16BE(pointer, 1);
    return record.subarray(1);
  });
}

/** Start of authority; says how long others may cache that there is nothing, too. */
export const authority = rendered([
  {
    type: 'SOA',
    name: zone,
    ttl,
    data: { mname: zone, rname: `hostmaster.${zone}`, serial: 1, refresh: 60, retry: 60, expire: 60, minimum: ttl },
  },
]);
