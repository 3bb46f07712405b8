import { anchors } from './anchor/kind.js';
import { authorities } from './authority/kind.js';
import { containers } from './container/kind.js';
import { credentials } from './credential/kind.js';
import { drivers } from './driver/kind.js';
import { engines } from './engine/kind.js';
import { entries } from './entry/kind.js';
import { instances } from './instance/kind.js';
import { kv } from './kv/kind.js';
import { leases } from './lease/kind.js';
import { lockRules, locks } from './lock/kind.js';
import { queued } from './queued/kind.js';
import { roles } from './role/kind.js';
import type { KindRules } from './rules.js';
import { tokens } from './token/kind.js';
import { users } from './user/kind.js';

/** Kinds that only the services of security write: who may come in, and with which rights. */
const security = [anchors, authorities, credentials, tokens, roles, users] as const;

/**
 * Kinds without a message in proto/ that every member knows: what coordination, discovery, the fleet and security are made
 * of.
 */
export const systemKinds = [
  leases,
  locks,
  queued,
  entries,
  kv,
  instances,
  containers,
  engines,
  drivers,
  ...security,
] as const;

/** Names of the kinds of security. */
export const securityKinds: ReadonlySet<string> = new Set(security.map(({ name }) => name));

/** Paths that never leave the store, by kind. */
export const systemHidden: Readonly<Record<string, readonly string[]>> = {
  [authorities.name]: ['key'],
  [tokens.name]: ['hash'],
};

/** Their rules, by name. */
export const systemRules: Readonly<Record<string, KindRules>> = { [locks.name]: lockRules };
