import { describe, expect, it } from 'vitest';
import { fromFile } from '../../src/settings/config-file.js';

const read = (...lines: string[]) => fromFile(lines.join('\n'), 'skep.yaml');

describe('a config file', () => {
  it('gives values by the names of the flags, each with its place', () => {
    const { layer, mistakes } = read(
      '# a member',
      'name: m1',
      'data-dir: "/x y"',
      'listen: "[::1]:4242"',
      'peers:',
      '  - a:1',
      '  - b:2',
      'join: []',
      'begin: false',
      'heartbeat-ms: 50',
      '  ',
      'kinds: [./kinds,one.js]',
    );
    expect(mistakes).toEqual([]);
    const file = (value: unknown, line: number) => ({ value, from: 'file', at: `skep.yaml:${line}:1` });
    expect(layer).toEqual({
      name: file('m1', 2),
      dataDir: file('/x y', 3),
      listenAddr: file('[::1]:4242', 4),
      peers: file(['a:1', 'b:2'], 5),
      join: file([], 8),
      begin: file(false, 9),
      heartbeatMs: file(50, 10),
      kinds: file(['./kinds', 'one.js'], 12),
    });
  });

  it('follows aliases', () => {
    const { layer, mistakes } = read('listen: &here a:1', 'peers: [*here, b:2]');
    expect(mistakes).toEqual([]);
    expect(layer.peers?.value).toEqual(['a:1', 'b:2']);
  });

  it.each([[''], ['# nothing'], ['---']])('may be empty: %j', (text) => {
    expect(fromFile(text, 'skep.yaml')).toEqual({ layer: {}, mistakes: [] });
  });

  it.each<[string, string]>([
    ['nmae: m1', '1:1: there is no setting "nmae"; did you mean "name"?'],
    ['dataDir: d', '1:1: there is no setting "dataDir"; did you mean "data-dir"?'],
    ['data_dir: d', '1:1: there is no setting "data_dir"; did you mean "data-dir"?'],
    ['--data-dir: d', '1:1: there is no setting "--data-dir"; did you mean "data-dir"?'],
    ['listenAddr: a:1', '1:1: there is no setting "listenAddr"; did you mean "listen"?'],
    ['SKEP_DATA_DIR: d', '1:1: there is no setting "SKEP_DATA_DIR"; did you mean "data-dir"?'],
    ['colour: red', '1:1: there is no setting "colour"; use one of name, data-dir, listen,'],
    ['toString: x', '1:1: there is no setting "toString"; use one of'],
    ['[a, b]: x', '1:1: there is no setting "a list or a map"; use one of'],
    ['name:   5', '1:9: name must be text, is 5; put it in quotes'],
    ['name: [m1]', '1:7: name must be text, is a list or a map'],
    ['name: -m1', `1:7: name: a member's name must be at most 63 letters, digits, ".", "-" and "_", is "-m1"`],
    ['data-dir:', '1:10: data-dir has no value; write one, such as /var/lib/skep, or remove the line'],
    ['data-dir: ~', '1:11: data-dir has no value'],
    ['listen: here', '1:9: listen: an address is HOST:PORT, is "here"'],
    ['peers: a:1,b:1', '1:8: peers must be a list, such as [10.0.0.1:4242, '],
    ['peers:\n- a:1\n- b', '3:3: peers: an address is HOST:PORT, is "b"'],
    ['peers: [a:1, 2]', '1:14: peers must be text, is 2; put it in quotes'],
    ['peers: [a:1, [b:1]]', '1:14: peers must be text, is a list or a map'],
    ['begin: yes', '1:8: begin must be true or false, is "yes"'],
    ['heartbeat-ms: "50"', '1:15: heartbeat-ms must be a number, is "50"'],
    ['heartbeat-ms: 100ms', '1:15: heartbeat-ms must be a number, is "100ms"'],
    ['heartbeat-ms: 0', '1:15: heartbeat-ms: a whole number from 1 is needed, is 0'],
    ['heartbeat-ms: 1.5', '1:15: heartbeat-ms: a whole number from 1 is needed, is 1.5'],
    ['heartbeat-ms: .inf', '1:15: heartbeat-ms: a whole number from 1 is needed'],
    ['log-level: loud', '1:12: log-level: known levels are debug, info, warn, error, is "loud"'],
    [
      'force-new-cluster: true',
      '1:1: force-new-cluster cannot be in a file, because a later start would make another new cluster; use the flag',
    ],
    ['name: a\nname: b', '2:1: Map keys must be unique'],
    ['name: a\n  b: c', '1:7: Nested mappings are not allowed'],
    ['name: *who', '1:7: there is no anchor &who'],
    ['name: !who m1', '1:7: Unresolved tag'],
    ['- name', '1:1: a config file is a map of settings, such as "name: m1"'],
    ['name', '1:1: a config file is a map of settings'],
    ['name: m1\n---\nname: m2', '2:1: Source contains multiple documents'],
  ])('refuses %j with its place', (text, says) => {
    const { layer, mistakes } = fromFile(text, 'skep.yaml');
    expect(mistakes[0]?.startsWith(`skep.yaml:${says}`), mistakes[0]).toBe(true);
    expect(Object.keys(layer).length).toBeLessThan(2);
  });

  it('reports every mistake, and reads what is right', () => {
    const { layer, mistakes } = read('nmae: m1', 'join: [a:1]', 'listen: 4242');
    expect(mistakes.map((mistake) => mistake.split(': ')[0])).toEqual(['skep.yaml:1:1', 'skep.yaml:3:9']);
    expect(layer).toEqual({ join: { value: ['a:1'], from: 'file', at: 'skep.yaml:2:1' } });
  });
});
