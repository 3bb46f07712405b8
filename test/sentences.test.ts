import { describe, expect, it } from 'vitest';
import { sentencesOfHelp, sentencesOfMarkdown } from './support/sentences.js';

const words = (count: number) => Array.from({ length: count }, () => 'word').join(' ');
const counts = (page: string) => sentencesOfMarkdown(page).map((sentence) => sentence.words);

describe('sentences', () => {
  it.each([
    ['a paragraph over two lines', `${words(3)}\n${words(4)}. Next ${words(2)}.`, [7, 3]],
    ['a heading', `# ${words(30)}\n\n${words(2)}`, [2]],
    ['a table', `| ${words(30)} |\n|---|\n\n${words(2)}`, [2]],
    ['code', `\`\`\`ts\n${words(30)}\n\`\`\`\n${words(2)}`, [2]],
    ['the items of a list', `${words(2)}:\n- ${words(3)}\n  ${words(2)}\n- ${words(4)}\n1. ${words(5)}`, [2, 5, 4, 5]],
    ['code in a line', 'call `store.update(tx => tx.x())` now', [3]],
    ['a list of identifiers', 'it takes `a`, `b`, `c` and `d`, or `e`.', [3]],
    ['a link', '[two words](docs/a-page.md#with-a-place) here', [3]],
    ['bold words', '**A rule.** It **holds** here.', [2, 3]],
    ['a sentence in parentheses', 'One. (Two words.) Three words more.', [1, 2, 3]],
    ['an abbreviation', 'some, e.g. Ten, of them', [5]],
    ['a sentence that begins with code', 'It ends. `next` begins.', [2, 2]],
    ['a semicolon and a colon', `${words(10)}; ${words(10)}: ${words(10)}`, [30]],
  ])('are counted in %s', (_what, page, expected) => {
    expect(counts(page)).toEqual(expected);
  });

  it('have the line on which their block begins', () => {
    expect(sentencesOfMarkdown('# A\n\nOne.\n\n- two\n- three').map(({ line }) => line)).toEqual([3, 5, 6]);
  });

  it('are the descriptions of a help text, each with the lines that it takes', () => {
    const help = `Usage: skep x [options] <file>

do one thing, and then
another

Arguments:
  file          the file to read

Options:
  --name <n>    a name that goes on
                in the next line
  --a-very-long-option <value>
                its own line

Commands:
  ls [options]  list
`;
    expect(sentencesOfHelp(help).map(({ text }) => text)).toEqual([
      'do one thing, and then another',
      'the file to read',
      'a name that goes on in the next line',
      'its own line',
      'list',
    ]);
  });
});
