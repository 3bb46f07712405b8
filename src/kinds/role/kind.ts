import { defineKind, type SystemKind } from '../custom-kind.js';
import { objectOf } from '../object-of.js';
import { list, object, optional, text, uint } from '../schema.js';

/** One right of a role. */
export interface RoleRule {
  /** `read`, `write`, `remove`. */
  readonly verbs: readonly string[];
  /** Names of kinds, or `*` for all but those of security. */
  readonly kinds: readonly string[];
  /** Beginnings of names; empty for every object. */
  readonly names: readonly string[];
}

/** Fields of one role. Its id is its name. */
export interface RoleBody {
  readonly name: string;
  readonly rules: readonly RoleRule[];
  /** Most calls a second of each user with the role; absent for no limit. */
  readonly rate?: number;
}

/** Named sets of rights. The built-in ones are not among them. */
export const roles: SystemKind<RoleBody, { readonly name: string }, 'roles'> = defineKind({
  name: 'roles',
  schema: objectOf<RoleBody>()({
    name: text(),
    rules: list(object({ verbs: list(text()), kinds: list(text()), names: list(text()) })),
    rate: optional(uint()),
  }),
  indexes: { name: (role) => role.name },
  validate({ id, name, rate }) {
    if (rate === 0) return 'the rate of a role must be at least 1, or absent';
    return id === name ? undefined : 'the id of a role must be its name';
  },
});
