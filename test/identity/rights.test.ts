import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  builtInRoles,
  mayDo,
  parseRule,
  type Role,
  type Rule,
  ruleText,
  securityKinds,
  verbs,
} from '../../src/identity/index.js';

const role = (...rules: string[]): Role => ({ name: 'r', rules: rules.map((text) => parseRule(text) as Rule) });
const builtIn = (name: string) => builtInRoles.filter((one) => one.name === name);

describe('rights', () => {
  it.each([
    { rules: ['read service'], ask: ['read', 'service', 'web'], allowed: true },
    { rules: ['read service'], ask: ['write', 'service', 'web'], allowed: false },
    { rules: ['read service'], ask: ['read', 'task', 'web.1'], allowed: false },
    { rules: ['read,write service,task web-'], ask: ['write', 'task', 'web-1'], allowed: true },
    { rules: ['read,write service,task web-'], ask: ['write', 'task', 'db-1'], allowed: false },
    { rules: ['read service web-'], ask: ['read', 'service'], allowed: true },
    { rules: ['read service db-', 'read service web-'], ask: ['read', 'service', 'web-1'], allowed: true },
    { rules: ['read *'], ask: ['read', 'jobs', 'x'], allowed: true },
    { rules: ['read *'], ask: ['read', 'users', 'x'], allowed: false },
    { rules: [], ask: ['read', 'service', 'x'], allowed: false },
  ] as const)('$rules asked for $ask: $allowed', ({ rules, ask: [verb, kind, name], allowed }) => {
    const question = { verb, kind, ...(name !== undefined && { names: [name] }) };
    expect(mayDo([role(...rules)], question).allowed).toBe(allowed);
  });

  it('say which rule decided', () => {
    expect(mayDo([role('read service web-')], { verb: 'read', kind: 'service', names: ['web-1'] })).toEqual({
      allowed: true,
      because: 'role r: read service web-',
    });
  });

  it('reach the kinds of security for nobody but an admin', () => {
    for (const kind of securityKinds)
      for (const verb of verbs) {
        for (const name of ['viewer', 'operator', 'agent'])
          expect(mayDo(builtIn(name), { verb, kind }), `${name} ${verb} ${kind}`).toEqual({ allowed: false });
        expect(mayDo(builtIn('admin'), { verb, kind }).allowed).toBe(true);
      }
  });

  it('never shrink when a role is added', () => {
    const names = fc.constantFrom('viewer', 'operator', 'agent');
    const question = fc.record({ verb: fc.constantFrom(...verbs), kind: fc.constantFrom('task', 'leases', 'users') });
    fc.assert(
      fc.property(names, names, question, (one, other, asked) => {
        const both = [...builtIn(one), ...builtIn(other)];
        expect(mayDo(both, asked).allowed).toBe(
          mayDo(builtIn(one), asked).allowed || mayDo(builtIn(other), asked).allowed,
        );
      }),
    );
  });

  it.each([
    ['read', 'must be VERBS KINDS'],
    ['fly service', '"fly" is no verb'],
    ['read service a b', 'must be VERBS KINDS'],
    ['read service,users', 'no rule can name users'],
  ])('refuse the rule %s', (text, problem) => {
    expect(parseRule(text)).toHaveProperty('problem', expect.stringContaining(problem));
  });

  it('are written as they are read', () => {
    const part = fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.subarray([...verbs], { minLength: 1 }), part, part, (said, kinds, names) => {
        fc.pre(!kinds.some((kind) => securityKinds.has(kind)));
        const rule: Rule = { verbs: said, kinds, names };
        expect(parseRule(ruleText(rule))).toEqual(rule);
      }),
    );
  });
});
