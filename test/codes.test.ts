import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = join(import.meta.dirname, '../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts') && !name.includes('generated/'));

interface Line {
  readonly file: string;
  readonly text: string;
}

const linesOf = (file: string, source: string): Line[] =>
  source
    .split('\n')
    .filter((line) => !/^\s*(\*|\/\/|\/\*)/.test(line))
    .map((text) => ({ file, text: text.trim() }));

const lines = files.flatMap((file) => linesOf(file, readFileSync(join(src, file), 'utf8')));

/** Error without a code or a type: nobody can tell it from another one. */
const bare = ({ text }: Line) => /\bnew Error\(/.test(text);

const message = String.raw`(?:\bmessageOf\([\w.]*\)|\b(?:message|reason|details|stack|why|says)\b)`;
/** Questions about the text of an error: `message.includes(…)`, `/…/.test(error.message)`, `pattern.exec(reason)`. */
const asking = new RegExp(
  String.raw`${message}\??\.(?:includes|startsWith|endsWith|match|search|indexOf)\(|\.(?:test|exec)\([^)]*${message}`,
);
const readsText = ({ text }: Line) => asking.test(text);

/** Files that may make a bare error, with the reason. */
const bareAllowed: Readonly<Record<string, string>> = {
  'base/errors.ts': 'code of a user may throw what is no error',
};

/** Files that may read the text of an error, with the reason. */
const textAllowed: Readonly<Record<string, string>> = {
  'client/failures.ts':
    'only to say it in better words: grpc-js has the reason of a failed connection in no other place',
  'compose/plan-check.ts': 'only to say it in better words: the place in the file stands for the name of the field',
  'compose/document.ts': 'only to leave a warning out: the YAML library gives all unknown tags one code',
  'cli/explain-kind.ts': 'only to show what a schema says that it takes: nothing is decided by it',
  'cli/write-object.ts': 'only to try a word as a text where the schema asks for one',
  'client/refusal.ts': 'only to say it in better words: the member judges, and the command ends in any case',
  'disk/trouble.ts': 'LevelDB passes on the words of the system and no code',
  'fleet/engine/errors.ts': 'the code of all that OpenSSL refuses in a handshake is EPROTO; only its words tell more',
  'rpc/formation.ts': 'grpc-js has no code for a certificate that is not trusted',
  'rpc/reach.ts': 'only to say it in better words: grpc-js has the reason of a failed connection in no other place',
  'rpc/status.ts': 'grpc-js has no code for a request that was never sent',
};

const shown = ({ file, text }: Line) => `${file}: ${text}`;

describe('errors', () => {
  it.each([
    ["throw new Error('no');", true],
    ['reject(new Error(`no ${answer}`), { cause });', true],
    ["throw new StoreError('CLOSED', 'no');", false],
    ["throw new TypeError('no');", false],
  ])('are bare in %s: %s', (text, expected) => expect(bare({ file: '', text })).toBe(expected));

  it.each([
    ["if (reason.includes('REMOVED')) stop();", true],
    ["return message.startsWith('NOT_LEADER');", true],
    ['const [, index] = pattern.exec(reason) ?? [];', true],
    ['if (/removed/.test(messageOf(error))) return;', true],
    ['return unsent.test(error.details);', true],
    ["if (isStoreError(error, 'REMOVED')) return;", false],
    ["if (codes.includes('REMOVED')) return;", false],
  ])('are told apart by their text in %s: %s', (text, expected) =>
    expect(readsText({ file: '', text })).toBe(expected),
  );

  it('are read from many files', () => {
    expect(files.length).toBeGreaterThan(200);
  });

  it('have a type or a code, everywhere in src', () => {
    expect(lines.filter((line) => bare(line) && !(line.file in bareAllowed)).map(shown)).toEqual([]);
  });

  it('are told apart by codes, and by texts only where another library has nothing else', () => {
    expect(lines.filter((line) => readsText(line) && !(line.file in textAllowed)).map(shown)).toEqual([]);
  });

  it('have no exception that is needed no longer', () => {
    for (const file of Object.keys(bareAllowed))
      expect(lines.filter((line) => line.file === file).some(bare)).toBe(true);
    for (const file of Object.keys(textAllowed))
      expect(lines.filter((line) => line.file === file).some(readsText), file).toBe(true);
  });
});
