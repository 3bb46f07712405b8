import { newId } from '../base/ids.js';
import type { Random } from '../base/random.js';
import { checkedRecord, type Health, type InstanceRecord } from '../kinds/index.js';
import type { CheckSpec } from './checks/spec.js';
import { CatalogError } from './errors.js';

/** Registration of an instance, as a program makes it. */
export interface Registration {
  /** Unique in the catalogue: a second registration replaces the first. Made when it is missing. */
  readonly id?: string;
  /** Name of the service. */
  readonly name: string;
  /** A name or an IP address, without port. */
  readonly addr: string;
  /** Port, 0 to 65535. */
  readonly port: number;
  /** Words by which users choose instances. Default: none. */
  readonly tags?: readonly string[];
  /** Free texts by key. Default: none. */
  readonly meta?: Readonly<Record<string, string>>;
  /** Share of the load, for load balancers; a whole number from 0, default 1. */
  readonly weight?: number;
  /** Checks of its health; without any it is passing for as long as it is registered. */
  readonly checks?: readonly CheckSpec[];
}

/** @throws {CatalogError} `INVALID_REGISTRATION`, naming the field. */
export function recordOf(registration: Registration, health: Health, random: Random): InstanceRecord {
  const { id, name, addr: host, port, tags = [], meta = {}, weight = 1 } = registration;
  const given = id === undefined || id === '' ? newId(random) : id;
  return readRecord({ id: given, name, host, port, tags: [...new Set(tags)], meta: { ...meta }, weight, health });
}

/** Checks a record of any origin. @throws {CatalogError} `INVALID_REGISTRATION`: this is no valid record. */
export function readRecord(value: unknown): InstanceRecord {
  const checked = checkedRecord(value);
  if (typeof checked === 'string') throw new CatalogError('INVALID_REGISTRATION', checked);
  return checked;
}

export type { InstanceRecord };
