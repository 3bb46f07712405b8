import { builtInRoles, type Directory, type Role, type Verb } from '../identity/index.js';
import type { AuthorityBody } from '../kinds/index.js';
import { authorities, credentials, type ReadTx, roles, type Stored, tokens, users } from '../kinds/index.js';
import type { MemoryStore } from '../state/index.js';

/** The roles of these names, built-in and custom ones. A name without a role gives no right. */
export function rolesOf(tx: ReadTx, names: readonly string[]): Role[] {
  return names.flatMap((name): Role[] => {
    const builtIn = builtInRoles.find((role) => role.name === name);
    if (builtIn) return [builtIn];
    const stored = tx.kind(roles).get(name);
    if (!stored) return [];
    const { rate } = stored;
    const rules = stored.rules.map((rule) => ({ ...rule, verbs: rule.verbs as readonly Verb[] }));
    return [{ name, rules, ...(rate !== undefined && { rate }) }];
  });
}

/** Answers from what this member has applied: whatever is deleted no longer counts from that moment. */
export function directoryOf(
  store: MemoryStore,
  domain: () => string,
  memberState: Directory['memberState'],
): Directory {
  return {
    get domain() {
      return domain();
    },
    memberState,
    user: (name) =>
      store.view((tx) => {
        const user = tx.kind(users).get(name);
        return user && { disabled: user.disabled, roles: rolesOf(tx, user.roles) };
      }),
    hasNode: (id) => store.view((tx) => tx.nodes().get(id) !== undefined),
    hasCredential: (serial, owner) => store.view((tx) => tx.kind(credentials).get(serial)?.identity === owner),
    bearer: (id) =>
      store.view((tx) => {
        const token = tx.kind(tokens).get(id);
        return token?.use === 'bearer' ? token : undefined;
      }),
  };
}

/** Returns the root that signs: the one with a key. */
export function signingRoot(tx: ReadTx): Stored<AuthorityBody> | undefined {
  return tx
    .kind(authorities)
    .find()
    .find(({ key }) => key !== '');
}
