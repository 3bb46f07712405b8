import { describe, expect, it } from 'vitest';
import { constraintKeys, meetsConstraints, meetsPlacement, parseConstraints } from '../../../src/schedule/index.js';
import { thrown } from '../made.js';
import { node, type NodeGiven } from './made.js';

const usual: NodeGiven = {
  labels: { Disk: 'SSD', empty: '', 'a.b-c_d': 'x y', constructor: 'own' },
  addr: '10.1.2.3',
  role: 'manager',
  description: {
    platform: { os: 'linux', architecture: 'x86_64' },
    engine: { labels: { Rack: 'R1' } },
  },
};
const meets = (texts: string | readonly string[], given: NodeGiven = usual) =>
  meetsConstraints(node('N1', given), [texts].flat());

describe('a constraint', () => {
  it.each<[string, boolean]>([
    ['node.id==N1-id', true],
    ['node.id==n1-ID', true],
    ['node.id!=N1-id', false],
    ['node.id==N1', false],
    ['node.hostname==n1', true],
    ['node.hostname != n1', false],
    ['NODE.HostName==N1', true],
    ['node.hostname==n', false],
    ['node.hostname==n.', false],
    ['node.hostname==n*', false],
    ['node.role==manager', true],
    ['node.role==Worker', false],
    ['node.role!=worker', true],
    ['node.platform.os==Linux', true],
    ['node.platform.arch==x86_64', true],
    ['node.platform.arch==amd64', false],
    ['node.labels.Disk==ssd', true],
    ['Node.Labels.Disk==ssd', true],
    ['node.labels.disk==ssd', false],
    ['node.labels.disk!=ssd', true],
    ['node.labels.none!=x', true],
    ['node.labels.none==x', false],
    ['node.labels.empty!=x', true],
    ['node.labels.toString!=x', true],
    ['node.labels.constructor==own', true],
    ['node.labels.a.b-c_d == x y', true],
    ['engine.labels.Rack==r1', true],
    ['engine.labels.rack==r1', false],
    ['engine.labels.Disk==ssd', false],
    ['engine.labels.none!=x', true],
    ['node.labels.==x', false],
    ['node.labels.!=x', false],
    ['node.foo==x', false],
    ['node.foo!=x', false],
    ['disk==ssd', false],
    ['disk!=ssd', false],
  ])('%s is %s', (text, expected) => {
    expect(meets(text)).toBe(expected);
  });

  it.each<[string, string, boolean]>([
    ['10.1.2.3', 'node.ip==10.1.2.3', true],
    ['10.1.2.3', 'node.ip!=10.1.2.3', false],
    ['10.1.2.3', 'node.ip==10.1.2.30', false],
    ['10.1.2.3:2375', 'node.ip==10.1.2.3', true],
    ['10.1.2.3', 'node.ip==10.1.0.0/16', true],
    ['10.1.2.3', 'node.ip==10.1.2.99/24', true],
    ['10.1.2.3', 'node.ip==10.2.0.0/16', false],
    ['10.1.2.3', 'node.ip!=10.2.0.0/16', true],
    ['10.1.2.3', 'node.ip==0.0.0.0/0', true],
    ['10.1.2.3', 'node.ip==10.1.2.3/32', true],
    ['10.1.2.3', 'node.ip==10.1.2.2/32', false],
    ['10.1.2.3', 'node.ip==10.1.2.3/33', false],
    ['10.1.2.3', 'node.ip!=10.1.2.3/33', false],
    ['10.1.2.3', 'node.ip!=10.1.2', false],
    ['10.1.2.3', 'node.ip==::/0', false],
    ['::ffff:10.1.2.3', 'node.ip==10.1.2.3', true],
    ['10.1.2.3', 'node.ip==::ffff:10.1.0.0/112', true],
    ['10.1.2.3', 'node.ip==::ffff:10.1.0.0/80', false],
    ['2001:db8::2', 'node.ip==2001:DB8:0:0:0:0:0:2', true],
    ['[2001:db8::2]:2375', 'node.ip==2001:db8::2', true],
    ['2001:db8::2', 'node.ip==2001:db8::/64', true],
    ['2001:db8:1::2', 'node.ip==2001:db8::/33', true],
    ['2001:db8:8000::2', 'node.ip==2001:db8::/33', false],
    ['2001:db8::2', 'node.ip==10.0.0.0/8', false],
    ['fe80::1', 'node.ip==fe80::1', true],
    ['1::', 'node.ip==1:0::0', true],
    ['', 'node.ip==10.1.2.3', false],
    ['', 'node.ip!=10.1.2.3', true],
    ['host.example', 'node.ip==0.0.0.0/0', false],
  ])('for a node at %s: %s is %s', (addr, text, expected) => {
    expect(meets(text, { addr })).toBe(expected);
  });

  it('among several must hold as each other does', () => {
    expect(meets(['node.role==manager', 'node.labels.Disk==ssd'])).toBe(true);
    expect(meets(['node.role==manager', 'node.labels.Disk==hdd'])).toBe(false);
    expect(meets([])).toBe(true);
  });

  it('of a node that has said nothing is held against empty texts', () => {
    const silent = { ...node('x'), description: undefined };
    const { description: _, ...bare } = silent;
    expect(meetsConstraints(bare, ['node.hostname!=x', 'node.platform.os!=linux', 'engine.labels.a!=b'])).toBe(true);
    expect(meetsConstraints(bare, ['node.platform.os==linux'])).toBe(false);
  });

  it.each<[string, string]>([
    ['node.role', "constraint 'node.role' has no operator; write it as KEY==VALUE or KEY!=VALUE"],
    ['node.role=manager', "constraint 'node.role=manager' has no operator; write it as KEY==VALUE or KEY!=VALUE"],
    ['', "constraint '' has no operator; write it as KEY==VALUE or KEY!=VALUE"],
    ['node.role==', "constraint 'node.role==' has no value; write one after =="],
    ['node.role!=  ', "constraint 'node.role!=  ' has no value; write one after !="],
    ['==x', `key '' of constraint '==x' is invalid; use one of ${constraintKeys.join(', ')}`],
    ['1x==x', `key '1x' of constraint '1x==x' is invalid; use one of ${constraintKeys.join(', ')}`],
    ['a b==x', `key 'a b' of constraint 'a b==x' is invalid; use one of ${constraintKeys.join(', ')}`],
    [
      'node.role==~x',
      "value '~x' of constraint 'node.role==~x' is invalid; use ASCII letters, digits, spaces and any of :-_.*()?+[]\\^$|/",
    ],
    [
      'node.role===x',
      "value '=x' of constraint 'node.role===x' is invalid; use ASCII letters, digits, spaces and any of :-_.*()?+[]\\^$|/",
    ],
    [
      'node.role==a!=b',
      "value 'a!=b' of constraint 'node.role==a!=b' is invalid; use ASCII letters, digits, spaces and any of :-_.*()?+[]\\^$|/",
    ],
  ])('%j is refused, with what is expected', (text, message) => {
    expect(thrown(() => parseConstraints([text]))).toEqual({ code: 'INVALID', message });
    expect(meets(text)).toBe(false);
  });

  it('is not read when there are too many, or one is endless', () => {
    expect(thrown(() => parseConstraints(new Array<string>(257).fill('node.role==x'))).message).toBe(
      '257 constraints are too many; give at most 256',
    );
    const { message } = thrown(() => parseConstraints([`node.role==${'x'.repeat(5_000)}`]));
    expect(message).toContain('is invalid');
    expect(message.length).toBeLessThan(500);
  });

  it('of a placement is met together with its platforms', () => {
    const linux = { os: 'linux', architecture: 'amd64' };
    const windows = { os: 'windows', architecture: 'amd64' };
    const placement = {
      constraints: ['node.role==manager'],
      preferences: [],
      maxReplicas: 0,
      platforms: [linux, windows],
    };
    const meeting = (more: object, given = usual) => meetsPlacement(node('n1', given), { ...placement, ...more });
    expect(meetsPlacement(node('n1'), undefined)).toBe(true);
    expect(meeting({ constraints: [], platforms: [] })).toBe(true);
    expect(meeting({}, { ...usual, state: 'down', availability: 'drain' })).toBe(true);
    expect(meeting({ platforms: [windows] })).toBe(false);
    expect(meeting({ constraints: ['node.role==worker'] })).toBe(false);
    expect(meeting({ constraints: ['node.role'] })).toBe(false);
  });

  it('keeps what the user wrote', () => {
    expect(parseConstraints([' Node.Role != Manager '])).toMatchObject([
      { key: 'Node.Role', operator: '!=', value: 'Manager', property: { of: 'role' } },
    ]);
  });
});
