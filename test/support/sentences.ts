/** A sentence of prose, and the line on which its block begins. */
export interface Sentence {
  readonly line: number;
  readonly words: number;
  readonly text: string;
}

/** Stands for code, which has no length: a word like any other. */
const code = 'CODE';

/** A list of identifiers is one word: it is looked up, not read. */
const identifiers = new RegExp(`${code}(?:(?:,| and| or|, and|, or| to)? ${code})+`, 'g');

/** Abbreviations and ellipses do not end a sentence. */
const sentenceEnd = /(?<=(?<!\b(?:e\.g|i\.e|vs|etc|St))[.!?][)"”*]*)\s+(?=[^a-z])/;

const blocks = /^\s*(?:[-*]|\d+\.)\s+|^\s*$|^#{1,6} |^>\s*/;

/** Leaves the words that are read: no markup, no targets of links. */
function plain(markdown: string): string {
  return markdown
    .replaceAll(/`[^`]+`/g, code)
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll(/\*\*/g, '')
    .replaceAll(identifiers, code);
}

const wordsOf = (text: string) => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

function sentencesOf(block: string, line: number): Sentence[] {
  return plain(block)
    .split(sentenceEnd)
    .map((text) => ({ line, words: wordsOf(text), text: text.trim() }))
    .filter(({ words }) => words > 0);
}

/** Cuts a page into sentences. Code, tables, headings, comments and the targets of links are not prose; each item of a list begins anew. */
export function sentencesOfMarkdown(page: string): Sentence[] {
  const found: Sentence[] = [];
  let block: string[] = [];
  let begin = 0;
  let fenced = false;
  const close = () => {
    found.push(...sentencesOf(block.join(' '), begin));
    block = [];
  };
  for (const [i, line] of page.split('\n').entries()) {
    const fence = line.trimStart().startsWith('```');
    if (fence) fenced = !fenced;
    const prose = !fence && !fenced && !/^\s*(?:\||<!--)|^#{1,6} |^\[[^\]]+\]: /.test(line);
    if (!prose || blocks.test(line)) close();
    if (!prose || line.trim() === '') continue;
    if (block.length === 0) begin = i + 1;
    block.push(line.replace(blocks, '').trim());
  }
  close();
  return found;
}

/** Cuts the help of a command into sentences: its description, and the description of each argument, option and command. */
export function sentencesOfHelp(help: string): Sentence[] {
  const found: Sentence[] = [];
  let block: string[] = [];
  let begin = 0;
  const close = () => {
    found.push(...sentencesOf(block.join(' '), begin));
    block = [];
  };
  for (const [i, line] of help.split('\n').entries()) {
    const item = /^ {2}\S.*?(?: {2,}|$)(.*)$/.exec(line);
    if (item || line.trim() === '' || /^(?:Usage:|[A-Z]\w*(?: \w+)*:$)/.test(line)) close();
    if (/^(?:Usage:|[A-Z]\w*(?: \w+)*:$)/.test(line)) continue;
    if (block.length === 0) begin = i + 1;
    block.push((item?.[1] ?? line).trim());
  }
  close();
  return found;
}
