import { describe, expect, it } from 'vitest';
import { type Contents, firstOf, parse, refusal } from '../support/cli-compose.js';

const containers = (text: string, contents: Contents = {}) =>
  new Map(
    parse(text, { contents, folder: '/stacks/shop' }).services.map(({ key, spec }) => [key, spec.task?.container]),
  );

describe('extends', () => {
  it('completes a service with another of the file, over several steps', () => {
    const text =
      'services:\n  a: {extends: b, environment: {A: 1}}\n  b: {extends: {service: c}, environment: {A: 0, B: 2}}\n' +
      '  c: {image: i, environment: [C=3], hostname: h}\n';
    expect(containers(text).get('a')).toMatchObject({ image: 'i', hostname: 'h', env: ['A=1', 'B=2', 'C=3'] });
  });

  it('reads the service of another file, whose paths are relative to that file', () => {
    const contents = {
      '/stacks/common/base.yaml': 'services: {b: {image: i, volumes: ["./d:/d"], env_file: e.env}}\n',
      '/stacks/common/e.env': 'A=1\n',
    };
    const text = 'services: {a: {extends: {service: b, file: ../common/base.yaml}, volumes: ["./own:/own"]}}\n';
    expect(containers(text, contents).get('a')).toMatchObject({
      env: ['A=1'],
      mounts: [{ source: '/stacks/common/d' }, { source: '/stacks/shop/own' }],
    });
  });

  it.each([
    ['services:\n  a: {extends: a}\n', 'services.a.extends: "a" extends itself'],
    ['services:\n  a: {extends: b}\n  b: {extends: a}\n', '"a" extends itself: a → b → a'],
    ['services:\n  a: {extends: b}\n', 'there is no service "b" in this file'],
    ['services:\n  a: {extends: {file: x.yaml}}\n', 'service must be given'],
    ['services:\n  a: {extends: {service: b, file: x.yaml}}\n', 'there is no file "/stacks/shop/x.yaml"'],
    ['services:\n  a: {extends: {service: b, files: x}}\n', 'write "file"'],
    ['services:\n  a: {extends: {service: z, file: me.yaml}}\n', 'there is no service "z" in /stacks/shop/me.yaml'],
    ['services:\n  a: {extends: {service: b, file: me.yaml}}\n', '"b" extends itself by way of /stacks/shop/me.yaml'],
    [`services:\n  a0: {image: i}\n${Array.from({ length: 80 }, (_, i) => `  a${i + 1}: {extends: a${i}}\n`).join('')}`, 'more than 50 services extend one another'],
  ])('refuses %j', (text, what) => {
    const contents = { '/stacks/shop/me.yaml': 'services: {b: {extends: {service: b, file: me.yaml}}}\n' };
    expect(refusal(text, { contents, folder: '/stacks/shop' }).message).toContain(what);
  }); // prettier-ignore
});

describe('include', () => {
  const contents = {
    '/stacks/db/compose.yaml':
      'services: {db: {image: "db:${TAG}", volumes: ["./d:/d"]}}\nsecrets: {pw: {file: pw.txt}}\n',
    '/stacks/db/.env': 'TAG=16\nSET=lost\n',
    '/stacks/db/other.env': 'TAG=17\n',
    '/stacks/db/pw.txt': 'p',
    '/stacks/db/more.yaml': 'services: {db: {hostname: h}}\n',
    '/stacks/round.yaml': 'include: [./round.yaml]\nservices: {r: {image: i}}\n',
    '/stacks/twice.yaml': 'include: [./db/compose.yaml]\n',
  };
  const load = (text: string) => parse(text, { contents, folder: '/stacks/shop' });
  const db = (text: string) => firstOf(load(text).services.filter(({ key }) => key === 'db')).spec.task?.container;

  it('imports services and all they need, with paths and .env of their own folder', () => {
    const text = 'include: [../db/compose.yaml]\nservices: {a: {image: i, secrets: [pw]}}\n';
    expect(db(text)).toMatchObject({ image: 'db:16', mounts: [{ source: '/stacks/db/d' }] });
    expect(load(text).secrets).toMatchObject([{ key: 'pw', data: 'cA==' }]);
  });

  it.each([
    ['{path: ../db/compose.yaml, env_file: ../db/other.env}', { image: 'db:17' }],
    ['{path: [../db/compose.yaml, ../db/more.yaml]}', { image: 'db:16', hostname: 'h' }],
    ['{path: ../db/compose.yaml, project_directory: /stacks/db}', { mounts: [{ source: '/stacks/db/d' }] }],
  ])('takes %s', (item, container) => {
    expect(db(`include:\n  - ${item}\n`)).toMatchObject(container);
  });

  it('may bring the same file twice', () => {
    expect(load('include: [../db/compose.yaml, ../twice.yaml]\n').services).toHaveLength(1);
  });

  it.each([
    ['include: [../db/compose.yaml]\nservices: {db: {image: i}}\n', 'services.db: is in the included file /stacks/db/compose.yaml:1 too'],
    ['include: [../round.yaml]\n', '/stacks/round.yaml includes itself'],
    ['include: [nope.yaml]\n', 'compose.yaml:1:11: include[0]: there is no file "/stacks/shop/nope.yaml"'],
    ['include: x\n', 'include: must be a list'],
    ['include: [{path: [], env_file: x}]\n', 'must name a file'],
    ['include: [{file: x}]\n', 'is not a key of Compose here'],
  ])('refuses %j', (text, what) => {
    expect(refusal(text, { contents, folder: '/stacks/shop' }).message).toContain(what);
  }); // prettier-ignore
});
