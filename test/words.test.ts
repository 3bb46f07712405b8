import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { skep } from './support/cli-run.js';
import { type Sentence, sentencesOfHelp, sentencesOfMarkdown } from './support/sentences.js';

const root = join(import.meta.dirname, '..');
const glossary = 'docs/GLOSSARY.md';

function filesBelow(folder: string, ending: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith(ending)).map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

/** The rows of the glossary's table "Say / do not say": each phrase that is not to be written, and the term instead. */
const rows = textOf(glossary)
  .split('\n')
  .slice(textOf(glossary).split('\n').indexOf('| say | do not say |'))
  .map((line) => /^\| ([^|]+) \| (“[^|]+”) \|$/.exec(line))
  .filter((row) => row !== null);

const phrases = rows.flatMap(([, say = '', not = '']) =>
  [...not.matchAll(/“([^”]+)”/g)].map(([, phrase = '']) => ({ phrase, say: say.trim() })),
);

/** A phrase as whole words, in any case, also across a line break, a comment's margin, or a quotation's apostrophe. */
const pattern = (phrase: string) =>
  new RegExp(`(?<!\\w)${phrase.split(' ').join('(?:\\s|\\n[ \\t]*(?:\\*|//|#|>|\\|)?)+')}(?!\\w)`, 'gi');

function found(name: string, text: string): string[] {
  return phrases.flatMap(({ phrase, say }) =>
    [...text.matchAll(pattern(phrase))].map(
      ({ index }) => `${name}:${text.slice(0, index).split('\n').length}: "${phrase}"; say "${say}"`,
    ),
  );
}

/** The glossary without the table of phrases, which is the only place that may hold them. */
const readable = (file: string) =>
  file === glossary ? (textOf(file).split('| say | do not say |')[0] ?? '') : textOf(file);

const sources = filesBelow('src', '.ts');

/** All commands, as `--help` names them: a group lists its own. */
async function helps(command: readonly string[] = []): Promise<{ command: string; text: string }[]> {
  const { out } = await skep([...command, '--help']);
  const listed = out.split('\nCommands:\n')[1]?.split('\n\n')[0] ?? '';
  const names = [...listed.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name = '']) => name);
  const below = names.filter((name) => name !== 'help').map((name) => helps([...command, name]));
  return [{ command: ['skep', ...command].join(' '), text: out }, ...(await Promise.all(below)).flat()];
}

const wordsMax = 25;

/** Pronouns without a subject: the documentation, the source and the help name the member, client or user instead. */
const nameless = /\b(?:somebody|nobody|whoever|anybody|everybody)\b/gi;

const namelessIn = (name: string, text: string) =>
  [...text.matchAll(nameless)].map(
    ({ index, 0: word }) => `${name}:${text.slice(0, index).split('\n').length}: "${word}"; name the subject`,
  );

/** Sentences that are too long, with their place. */
function long(name: string, sentences: readonly Sentence[]): string[] {
  return sentences
    .filter(({ words }) => words > wordsMax)
    .map(({ line, words, text }) => `${name}:${line}: ${words} words, at most ${wordsMax}; split "${text}"`);
}

const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...filesBelow('docs', '.md')];

describe('the words', () => {
  it('are read from the glossary', () => {
    expect(phrases.length).toBeGreaterThan(15);
    expect(sources.length).toBeGreaterThan(80);
  });

  it('notice a phrase that is broken over two lines of a comment', () => {
    expect(found('x.ts', '/**\n * A name must stand\n * once.\n */')).toEqual([
      'x.ts:2: "stand once"; say "must be unique"',
    ]);
  });

  it('of the documentation are those of the field', () => {
    expect(pages.flatMap((page) => found(page, readable(page)))).toEqual([]);
  });

  it('of the source and the protocol are those of the field', () => {
    const files = [...sources, ...filesBelow('proto', '.proto')];
    expect(files.flatMap((file) => found(file, readable(file)))).toEqual([]);
  });

  it('of the help of every command are those of the field', async () => {
    const all = await helps();
    expect(all.length).toBeGreaterThan(20);
    expect(all.flatMap(({ command, text }) => found(`${command} --help`, text))).toEqual([]);
  });

  it('make sentences of at most 25 words in the documentation', () => {
    const sentences = pages.map((page) => ({ page, found: sentencesOfMarkdown(readable(page)) }));
    expect(sentences.flatMap(({ found }) => found).length).toBeGreaterThan(1_000);
    expect(sentences.flatMap(({ page, found }) => long(page, found))).toEqual([]);
  });

  it('make sentences of at most 25 words in the help of every command', async () => {
    const sentences = (await helps()).map(({ command, text }) => ({ command, found: sentencesOfHelp(text) }));
    expect(sentences.flatMap(({ found }) => found).length).toBeGreaterThan(300);
    expect(sentences.flatMap(({ command, found }) => long(`${command} --help`, found))).toEqual([]);
  });

  it('name their subject in the documentation, the source, the protocol and the help', async () => {
    const files = [...pages, ...sources, ...filesBelow('proto', '.proto')];
    expect(files.flatMap((file) => namelessIn(file, readable(file)))).toEqual([]);
    const all = await helps();
    expect(all.flatMap(({ command, text }) => namelessIn(`${command} --help`, text))).toEqual([]);
  });

  it('of a docstring begin with a verb or a noun', () => {
    const asking = /\/\*\*(?:\s|\*(?!\/))*(?:What|Who|Whose|Whom|How|Where|Whether|Which|Why)\b/g;
    const wrong = sources.flatMap((file) =>
      [...readable(file).matchAll(asking)].map(
        ({ index }) => `${file}:${readable(file).slice(0, index).split('\n').length}`,
      ),
    );
    expect(wrong).toEqual([]);
  });
});
