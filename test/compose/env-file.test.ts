import { describe, expect, it } from 'vitest';
import { parseEnvFile } from '../../src/compose/index.js';
import { fileWith, firstOf, parse, refusal } from '../support/cli-compose.js';

const read = (text: string) =>
  parseEnvFile(new TextEncoder().encode(text), {
    env: { SET: 'v' },
    fail: (line, what) => {
      throw new Error(`${line}: ${what}`);
    },
  });

describe('.env', () => {
  it.each([
    ['A=1\nB=2', { A: '1', B: '2' }],
    ['\n# comment\nexport A = 1 # more\r\nB=', { A: '1', B: '' }],
    ['A="x y" # z\nB=\'$SET #\'', { A: 'x y', B: '$SET #' }],
    ['A=a#b\nB=${A}-$SET-${NOPE:-d}', { A: 'a#b', B: 'a#b-v-d' }],
    ['A="1\n2"\nB="\\n\\"\\$SET"', { A: '1\n2', B: '\n"$SET' }],
    ['A=$$x', { A: '$x' }],
    ['SET', {}],
    ['', {}],
  ])('%j is read', (text, variables) => {
    expect(read(text)).toEqual(variables);
  });

  it.each([
    ['A=1\n=2', '2: has no name'],
    ['a b=1', '1: has a space in the name'],
    ['A="x\n', '1: has a quote that is not closed'],
    ['\nNOPE', '2: "NOPE" has no value'],
    ['A=${', '1: has a ${ that is not closed'],
    ['__proto__=1', '1: is no name'],
  ])('%j is refused', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe('env_file', () => {
  const contents = {
    '/stacks/shop/a.env': '\ufeffA=1\n B="q" $x\n#c\nSET\nNOPE\n',
    '/stacks/shop/b.env': 'A=2\r\n',
    '/stacks/shop/bad.env': 'A=1\na b=1\n',
    '/stacks/shop/lines.env': 'A=1\r\nKEY="-- ${A} \\"\r\n\r\n# $SET --"  # key\r\nB=\'$A\n\'\nC="one"\nD="x\n',
    '/stacks/shop/late.env': 'A="1\n2\n"\na b=1\n',
    '/stacks/shop/apart.env': 'A="1\nB=2" 3\n',
  };
  const envOf = (lines: string) =>
    firstOf(parse(fileWith(lines), { contents, folder: '/stacks/shop' }).services).spec.task?.container?.env;

  it.each([
    ['env_file: a.env', ['A=1', 'B="q" $x', 'SET=v']],
    ['env_file: [a.env, ./b.env]', ['A=2', 'B="q" $x', 'SET=v']],
    ['env_file: b.env\nenvironment: {A: 3}', ['A=3']],
    ['env_file: [{path: nope, required: false}, {path: b.env, format: raw}]', ['A=2']],
    ['env_file: apart.env', ['A="1', 'B=2" 3']],
    ['env_file: [{path: apart.env, format: raw}]', ['A="1', 'B=2" 3']],
  ])('%j is read as docker stack deploy reads it', (lines, env) => {
    expect(envOf(lines)).toEqual(env);
  });

  it('reads quotes over several lines as Compose reads them', () => {
    expect(envOf('env_file: lines.env')).toEqual(['A=1', 'B=$A\n', 'C="one"', 'D="x', 'KEY=-- 1 "\n\n# v --']);
  });

  it('keeps them as they are when the format is raw', () => {
    const env = envOf('env_file: [{path: lines.env, format: raw}]');
    expect(env).toEqual(['A=1', "B='$A", 'C="one"', 'D="x', 'KEY="-- ${A} \\"']);
  });

  it.each([
    ['env_file: late.env', '/stacks/shop/late.env:4: has a space in the name "a b"'],
    ['env_file: nope', 'there is no file "/stacks/shop/nope"'],
    ['env_file: bad.env', '/stacks/shop/bad.env:2: has a space in the name "a b"'],
    ['env_file: [{required: true}]', 'path must be given'],
    ['env_file: [{path: b.env, format: x}]', 'must be one of raw'],
  ])('%j is refused', (lines, what) => {
    expect(refusal(fileWith(lines), { contents, folder: '/stacks/shop' }).message).toContain(what);
  });
});
