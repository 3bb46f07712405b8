import { deepFreeze } from '../../base/plain.js';

/** From good to bad: the health of an instance is the worst of its checks. `maintenance` is said by people, not by checks. */
export const healths = ['passing', 'warning', 'critical', 'maintenance'] as const;
/** Health of an instance. */
export type Health = (typeof healths)[number];

export function isHealth(value: unknown): value is Health {
  return healths.includes(value as Health);
}

/** One instance of a service, as plain data: what backends keep. */
export interface InstanceRecord {
  /** Identity of the instance. */
  readonly id: string;
  /** Name of the service. */
  readonly name: string;
  /** Host name or address. */
  readonly host: string;
  /** Port, 0 to 65535. */
  readonly port: number;
  /** Words by which users choose instances. */
  readonly tags: readonly string[];
  /** Free texts by key. */
  readonly meta: Readonly<Record<string, string>>;
  /** Share of the traffic compared with other instances. */
  readonly weight: number;
  /** Worst result of its checks. */
  readonly health: Health;
}

/**
 * Returns a copy of the record, or the mistake in it. Trusts nothing: callers need not be TypeScript, and any client may
 * have written the record.
 */
export function checkedRecord(value: unknown): InstanceRecord | string {
  if (!isObject(value)) return 'this is no object';
  const { id, name, host, port, tags, meta, weight, health } = value as unknown as InstanceRecord;
  if (!isWord(id)) return 'id must be text without spaces';
  if (!isWord(name)) return 'name must be text without spaces';
  if (!isWord(host)) return 'addr must be a name or an IP address';
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return 'port must be a whole number from 0 to 65535';
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string')) return 'tags must be texts';
  if (!isObject(meta) || !Object.values(meta).every((text) => typeof text === 'string'))
    return 'meta must be texts by name';
  if (!Number.isInteger(weight) || weight < 0) return 'weight must be a whole number from 0';
  if (!isHealth(health)) return 'health must be passing, warning, critical or maintenance';
  return deepFreeze({
    id,
    name,
    host,
    port,
    tags: [...(tags as readonly string[])],
    meta: { ...meta },
    weight,
    health,
  });
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' && /^\S+$/.test(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
