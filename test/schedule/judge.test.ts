import { describe, expect, it } from 'vitest';
import { type Filter, judge, nearestFirst, passes, resourcesFilter, rulesOf } from '../../src/schedule/index.js';

/** Another kind of work on another kind of node: what these rules read is all that they share with containers. */
interface Work {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly role: string;
}
interface Machine {
  readonly name: string;
  readonly role: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly usedCpus: number;
  readonly usedMemoryBytes: number;
}

const roleFilter: Filter<Pick<Work, 'role'>, Pick<Machine, 'role'>> = {
  name: 'role',
  rule: ({ role: asked }) =>
    asked === ''
      ? undefined
      : {
          asks: [`role ${asked}`],
          soft: false,
          refusal: ({ role }) => (role === asked ? undefined : { missing: 1, text: () => `it is a ${role}` }),
        },
};

const machine = (name: string, role: string, usedCpus: number): Machine => ({
  name,
  role,
  cpus: 4,
  memoryBytes: 8,
  usedCpus,
  usedMemoryBytes: 0,
});

describe('rules', () => {
  const filters: Filter<Work, Machine>[] = [roleFilter, resourcesFilter];
  const machines = [
    machine('a', 'worker', 0),
    machine('b', 'manager', 3.5),
    machine('c', 'manager', 1),
    machine('d', 'manager', 3),
  ];

  it('are not made of filters that do not apply', () => {
    expect(rulesOf({ cpus: 0, memoryBytes: 0, role: '' }, machines, filters)).toEqual([]);
    expect(rulesOf({ cpus: 1, memoryBytes: 0, role: '' }, machines, filters).map(({ filter }) => filter)).toEqual([
      'resources',
    ]);
  });

  it('judge whatever has the fields that they read', () => {
    const rules = rulesOf({ cpus: 2, memoryBytes: 1, role: 'manager' }, machines, filters);
    const verdicts = judge(rules, machines, true);
    expect(verdicts.filter(passes).map(({ node }) => node.name)).toEqual(['c']);
    expect(nearestFirst(rules, verdicts).map(({ node, filter, text }) => [node.name, filter, text])).toEqual([
      ['d', 'resources', 'CPUs 1 of 4 free, asks 2'],
      ['b', 'resources', 'CPUs 0.5 of 4 free, asks 2'],
      ['a', 'role', 'it is a worker'],
    ]);
  });
});
