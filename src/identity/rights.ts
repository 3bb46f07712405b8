/** Ways to use an object. */
export const verbs = ['read', 'write', 'remove'] as const;
export type Verb = (typeof verbs)[number];

/** One right: these verbs on these kinds, where `names` are given on objects whose name begins with one of them; an object without a name counts by its id. */
export interface Rule {
  readonly verbs: readonly Verb[];
  /** Names of kinds, or `*` for every kind but those of security. */
  readonly kinds: readonly string[];
  /** Beginnings of names. Absent or empty: every object. */
  readonly names?: readonly string[] | undefined;
}

/** A named set of rights. There are no rules that deny, and no role inherits from another. */
export interface Role {
  readonly name: string;
  readonly rules: readonly Rule[];
  /** Most calls a second of each user with the role; absent for no limit. */
  readonly rate?: number | undefined;
}

/** Kinds that only an admin writes. `*` in a rule does not mean them. */
export const securityKinds: ReadonlySet<string> = new Set([
  'anchors',
  'authorities',
  'credentials',
  'tokens',
  'roles',
  'users',
]);

/** The role that may do everything. Its rules cannot say so: it is known by its name. */
export const adminRole = 'admin';

/** Roles of every cluster. They cannot be changed or removed. */
export const builtInRoles: readonly Role[] = [
  { name: 'viewer', rules: [{ verbs: ['read'], kinds: ['*'] }] },
  { name: 'operator', rules: [{ verbs: ['read', 'write', 'remove'], kinds: ['*'] }] },
  { name: adminRole, rules: [{ verbs: ['read', 'write', 'remove'], kinds: ['*'] }] },
  { name: 'agent', rules: [{ verbs: ['read', 'write', 'remove'], kinds: ['instances', 'leases'] }] },
];

/** One question about a right. Without `names` it is asked of a kind: is there any object that it allows? */
export interface Question {
  readonly verb: Verb;
  readonly kind: string;
  /** Name of the object, for rules that name some. */
  readonly names?: readonly string[];
}

/** Yes with the rule that says so, or no. */
export type Answer = { readonly allowed: true; readonly because: string } | { readonly allowed: false };

/** Answers whether one of the roles allows it. */
export function mayDo(roles: readonly Role[], question: Question): Answer {
  if (roles.some(({ name }) => name === adminRole)) return { allowed: true, because: `role ${adminRole}: everything` };
  for (const { name, rules } of roles) {
    const rule = rules.find((one) => covers(one, question));
    if (rule) return { allowed: true, because: `role ${name}: ${ruleText(rule)}` };
  }
  return { allowed: false };
}

function covers({ verbs: allowed, kinds, names = [] }: Rule, { verb, kind, names: asked }: Question): boolean {
  if (!allowed.includes(verb) || securityKinds.has(kind)) return false;
  if (!kinds.includes('*') && !kinds.includes(kind)) return false;
  return names.length === 0 || asked === undefined || asked.some((one) => names.some((start) => one.startsWith(start)));
}

/** Returns the lowest rate of these roles, and the role that gives it; `undefined` where none limits. */
export function rateOf(roles: readonly Role[]): { readonly rate: number; readonly role: string } | undefined {
  let lowest: { readonly rate: number; readonly role: string } | undefined;
  for (const { name, rate } of roles)
    if (rate !== undefined && (lowest === undefined || rate < lowest.rate)) lowest = { rate, role: name };
  return lowest;
}

/** Returns a rule as people write it: `read,write service,task web-`. */
export function ruleText({ verbs: allowed, kinds, names = [] }: Rule): string {
  return [allowed.join(), kinds.join(), names.join()].filter((part) => part !== '').join(' ');
}

/** Reads a rule as {@link ruleText} writes it, or says what is wrong with it. */
export function parseRule(text: string): Rule | { readonly problem: string } {
  const [said = '', kinds = '', names = '', ...more] = text.trim().split(/\s+/);
  if (kinds === '' || more.length > 0)
    return { problem: `"${text}" must be VERBS KINDS [NAMES], as in "read service web-"` };
  const wanted = said.split(',');
  const wrong = wanted.find((verb) => !(verbs as readonly string[]).includes(verb));
  if (wrong !== undefined) return { problem: `"${wrong}" is no verb: ${verbs.join(', ')}` };
  const secured = kinds.split(',').find((kind) => securityKinds.has(kind));
  if (secured !== undefined) return { problem: `no rule can name ${secured}: only the role ${adminRole} reaches it` };
  return {
    verbs: wanted as Verb[],
    kinds: kinds.split(','),
    ...(names !== '' && { names: names.split(',') }),
  };
}
