import { StoreError } from '../../base/store-error.js';
import { shortened } from '../../base/text.js';

/**
 * Place of a template. `container` is a field of a container; `file` is the content of a secret or a config, which may
 * also contain other files and variables of its container.
 */
export type TemplatePlace = 'container' | 'file';

/** Values that templates are filled with: those of one task on its node. */
export interface TemplateFacts {
  readonly service: {
    readonly id: string;
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly node: {
    readonly id: string;
    readonly hostname: string;
    readonly architecture: string;
    readonly os: string;
  };
  readonly task: {
    readonly id: string;
    readonly name: string;
    /** Number of the replica; the id of the node for a service with one task a node. */
    readonly slot: string;
  };
  /** Absent where the template is a field of the container. */
  readonly files?: TemplateFiles;
}

/** Files and variables of a container, for the content of a secret or a config. */
export interface TemplateFiles {
  /** Returns the content of a secret by the name of its file; `undefined` when the container has none of that name. */
  readonly secret: (file: string) => string | undefined;
  /** Returns the content of a config by the name of its file; `undefined` when the container has none of that name. */
  readonly config: (file: string) => string | undefined;
  /** Returns the value of a variable; `undefined` when the container has none of that name. */
  readonly env: (name: string) => string | undefined;
}

/** A part of a template: its text, or a value in `{{…}}`. */
type Part =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'field'; readonly of: (facts: TemplateFacts) => string }
  | { readonly is: 'file'; readonly call: keyof TemplateFiles; readonly name: string };

/** The place of a template that cannot be read: without an `end`, nothing closes it. */
interface Problem {
  readonly start: number;
  readonly end?: number;
}

const fields: ReadonlyMap<string, (facts: TemplateFacts) => string> = new Map([
  ['.Service.ID', ({ service }) => service.id],
  ['.Service.Name', ({ service }) => service.name],
  ['.Service.Labels', ({ service }) => goMap(service.labels)],
  ['.Node.ID', ({ node }) => node.id],
  ['.Node.Hostname', ({ node }) => node.hostname],
  ['.Node.Platform.Architecture', ({ node }) => node.architecture],
  ['.Node.Platform.OS', ({ node }) => node.os],
  ['.Task.ID', ({ task }) => task.id],
  ['.Task.Name', ({ task }) => task.name],
  ['.Task.Slot', ({ task }) => task.slot],
]);
const calls: ReadonlySet<string> = new Set<keyof TemplateFiles>(['secret', 'config', 'env']);

const fieldNames = [...fields.keys()].join(', ');
const known: Readonly<Record<TemplatePlace, string>> = {
  container: `${fieldNames} or index .Service.Labels "KEY"`,
  file: `${fieldNames}, index .Service.Labels "KEY", secret "FILE", config "FILE" or env "NAME"`,
};

const open = '{{';
/** Longest part of a template that a message shows, characters. */
const shownMax = 60;

/**
 * Fills in a template of Docker's services, such as `web-{{.Task.Slot}}`. Text without braces comes back as it is.
 *
 * @throws {StoreError} `INVALID_OBJECT`: the text is no template that {@link templateError} accepts, or it names a file
 *   that the container does not have.
 */
export function expandTemplate(text: string, facts: TemplateFacts): string {
  if (!text.includes(open)) return text;
  const where = facts.files ? 'file' : 'container';
  const parts = parse(text, where);
  if (!Array.isArray(parts))
    throw new StoreError('INVALID_OBJECT', `the template ${linesAndRemedy(text, parts, where)}`);
  return parts.map((part) => valueOf(part, facts)).join('');
}

/**
 * Returns the problem of a template, or `undefined`: a sentence without its subject, as in "has {{.X}}, which is no
 * value; use …".
 */
export function templateError(text: string, where: TemplatePlace): string | undefined {
  const problem = problemOf(text, where);
  if (!problem) return undefined;
  const written = shortened(text.slice(problem.start, problem.end), shownMax);
  return problem.end === undefined
    ? `has "${written}", which ends nowhere; close it with }}`
    : `has ${written}, which is no value here; use ${known[where]}, each in {{ }}`;
}

/** Returns the same problem with the line, and without the text: for contents that nothing may show. */
export function templateErrorLine(text: string, where: TemplatePlace): string | undefined {
  const problem = problemOf(text, where);
  return problem && linesAndRemedy(text, problem, where);
}

function linesAndRemedy(text: string, { start, end }: Problem, where: TemplatePlace): string {
  const line = text.slice(0, start).split('\n').length;
  return end === undefined
    ? `has a {{ in line ${line} that ends nowhere; close it with }}`
    : `has a {{ in line ${line} that is no value here; use ${known[where]}, each in {{ }}`;
}

function problemOf(text: string, where: TemplatePlace): Problem | undefined {
  if (!text.includes(open)) return undefined;
  const parts = parse(text, where);
  return Array.isArray(parts) ? undefined : parts;
}

function valueOf(part: Part, facts: TemplateFacts): string {
  if (part.is === 'text') return part.text;
  if (part.is === 'field') return part.of(facts);
  const value = facts.files?.[part.call](part.name);
  if (value !== undefined) return value;
  // As in Docker: a variable that is not set is empty, a file that is not there is an error.
  if (part.call === 'env') return '';
  throw new StoreError('INVALID_OBJECT', `template: the container has no ${part.call} with the file ${part.name}`);
}

function parse(text: string, where: TemplatePlace): Part[] | Problem {
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    const start = text.indexOf(open, at);
    if (start < 0) break;
    if (start > at) parts.push({ is: 'text', text: text.slice(at, start) });
    const action = readAction(text, start + open.length);
    if (!action) return { start };
    const part = partOf(action.words, where);
    if (!part) return { start, end: action.end };
    parts.push(part);
    at = action.end;
  }
  if (at < text.length) parts.push({ is: 'text', text: text.slice(at) });
  return parts;
}

interface Word {
  /** Sort of the word: a quoted one stands for the text between its quotes. */
  readonly kind: 'word' | 'quoted' | 'other';
  readonly text: string;
}

/** Whitespace, and then: `"quoted"`, `` `raw` ``, a word, the end, or any one character. */
const wordPattern = /\s*(?:("(?:[^"\\\n]|\\.)*")|`([^`]*)`|([.\w]+)|(\}\})|(\S))/y;

/** Reads the words between `{{` and `}}`; `undefined` when nothing ends them. */
function readAction(
  text: string,
  start: number,
): { readonly words: readonly Word[]; readonly end: number } | undefined {
  const words: Word[] = [];
  wordPattern.lastIndex = start;
  for (;;) {
    const match = wordPattern.exec(text);
    if (!match) return undefined;
    const [, quoted, raw, word, end, other] = match;
    if (end !== undefined) return { words, end: wordPattern.lastIndex };
    words.push(wordOf(quoted, raw, word, other));
  }
}

function wordOf(quoted?: string, raw?: string, word?: string, other = ''): Word {
  if (raw !== undefined) return { kind: 'quoted', text: raw };
  if (word !== undefined) return { kind: 'word', text: word };
  const text = quoted === undefined ? undefined : unquoted(quoted);
  return text === undefined ? { kind: 'other', text: other } : { kind: 'quoted', text };
}

/** Returns the text between quotes, with the escapes that Go and JSON share; `undefined` for the others. */
function unquoted(text: string): string | undefined {
  try {
    return JSON.parse(text.replaceAll('\t', '\\t')) as string;
  } catch {
    return undefined;
  }
}

/** Returns the value that an action stands for; `undefined` for one that is not known, or not in this place. */
function partOf(words: readonly Word[], where: TemplatePlace): Part | undefined {
  const [first, second, third] = words;
  if (words.length === 1 && first?.kind === 'quoted') return { is: 'text', text: first.text };
  if (first?.kind !== 'word') return undefined;
  if (words.length === 1) {
    const of = fields.get(first.text);
    return of && { is: 'field', of };
  }
  if (words.length === 2 && second?.kind === 'quoted' && where === 'file' && calls.has(first.text))
    return { is: 'file', call: first.text as keyof TemplateFiles, name: second.text };
  const isIndex = first.text === 'index' && second?.kind === 'word' && second.text === '.Service.Labels';
  if (words.length !== 3 || !isIndex || third?.kind !== 'quoted') return undefined;
  return {
    is: 'field',
    of: ({ service: { labels } }) => (Object.hasOwn(labels, third.text) ? (labels[third.text] ?? '') : ''),
  };
}

/** Prints a map as Go does. */
function goMap(labels: Readonly<Record<string, string>>): string {
  const keys = Object.keys(labels).sort();
  return `map[${keys.map((key) => `${key}:${labels[key] ?? ''}`).join(' ')}]`;
}
