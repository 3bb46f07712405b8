import { defineKind, type SystemKind } from '../custom-kind.js';
import { objectOf } from '../object-of.js';
import { flag, list, text } from '../schema.js';

/** Fields of one user: a person or a program. Its id is its name. */
export interface UserBody {
  readonly name: string;
  /** Names of roles. */
  readonly roles: readonly string[];
  /** Refused everywhere, with all its certificates and tokens. */
  readonly disabled: boolean;
}

/** People and programs that may use the cluster. To delete one is to end its connections. */
export const users: SystemKind<UserBody, { readonly name: string }, 'users'> = defineKind({
  name: 'users',
  schema: objectOf<UserBody>()({ name: text(), roles: list(text()), disabled: flag() }),
  indexes: { name: (user) => user.name },
  validate: ({ id, name }) => (id === name ? undefined : 'the id of a user must be its name'),
});
