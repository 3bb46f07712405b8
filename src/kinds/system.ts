import { containers } from './container/kind.js';
import { drivers } from './driver/kind.js';
import { engines } from './engine/kind.js';
import { entries } from './entry/kind.js';
import { instances } from './instance/kind.js';
import { leases } from './lease/kind.js';
import { lockRules, locks } from './lock/kind.js';
import type { KindRules } from './rules.js';

/** Kinds without a message in proto/ that every member knows: what coordination, discovery and the fleet are made of. */
export const systemKinds = [leases, locks, entries, instances, containers, engines, drivers] as const;

/** Their rules, by name. */
export const systemRules: Readonly<Record<string, KindRules>> = { [locks.name]: lockRules };
