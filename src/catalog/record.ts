import { messageOf } from '../base/errors.js';
import { newId } from '../base/ids.js';
import { deepFreeze } from '../base/plain.js';
import type { Random } from '../base/random.js';
import { CatalogError } from './errors.js';
import { isHealth, type Health } from './health.js';
import type { CheckSpec } from './checks/spec.js';

/** Registration of an instance, as a program makes it. */
export interface Registration {
  /** Unique in the catalogue; who registers it again replaces what was there. Made when it is missing. */
  readonly id?: string;
  readonly name: string;
  /** A name or an IP address, without port. */
  readonly addr: string;
  readonly port: number;
  readonly tags?: readonly string[];
  readonly meta?: Readonly<Record<string, string>>;
  /** A share of the load, for who balances it; a whole number from 0, default 1. */
  readonly weight?: number;
  /** Checks of its health; without any it is passing for as long as it is registered. */
  readonly checks?: readonly CheckSpec[];
}

/** One instance of a service, as plain data: what backends keep. */
export interface InstanceRecord {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  readonly weight: number;
  readonly health: Health;
}

/** @throws {CatalogError} `INVALID_REGISTRATION`, naming the field. */
export function recordOf(registration: Registration, health: Health, random: Random): InstanceRecord {
  const { id, name, addr: host, port, tags = [], meta = {}, weight = 1 } = registration;
  const given = id === undefined || id === '' ? newId(random) : id;
  return checkRecord({ id: given, name, host, port, tags: [...new Set(tags)], meta: { ...meta }, weight, health });
}

/** @throws {CatalogError} `INVALID_REGISTRATION`: this is no record, whoever wrote it. */
export function readRecord(value: unknown): InstanceRecord {
  return checkRecord(fields(value) as unknown as InstanceRecord);
}

/** Returns the mistake in a record, if there is one. What the store refuses is what agents would. */
export function mistakeIn(value: unknown): string | undefined {
  try {
    readRecord(value);
  } catch (error) {
    return messageOf(error);
  }
  return undefined;
}

/** Takes nothing on trust: callers need not be TypeScript, and a record may have been written by anybody. */
function checkRecord(record: InstanceRecord): InstanceRecord {
  const { id, name, host, port, tags, meta, weight, health } = record;
  check(isWord(id), 'id must be text without spaces');
  check(isWord(name), 'name must be text without spaces');
  check(isWord(host), 'addr must be a name or an IP address');
  check(Number.isInteger(port) && port >= 0 && port <= 65_535, 'port must be a whole number from 0 to 65535');
  check(Array.isArray(tags) && tags.every((tag) => typeof tag === 'string'), 'tags must be texts');
  check(
    Object.values(fields(meta)).every((value) => typeof value === 'string'),
    'meta must be texts by name',
  );
  check(Number.isInteger(weight) && weight >= 0, 'weight must be a whole number from 0');
  check(isHealth(health), 'health must be passing, warning, critical or maintenance');
  return deepFreeze({ id, name, host, port, tags: [...tags], meta: { ...meta }, weight, health });
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' && /^\S+$/.test(value);
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  check(typeof value === 'object' && value !== null && !Array.isArray(value), 'this is no object');
  return value as Record<string, unknown>;
}

function check(holds: boolean, what: string): void {
  if (!holds) throw invalid(what);
}

function invalid(what: string): CatalogError {
  return new CatalogError('INVALID_REGISTRATION', what);
}
