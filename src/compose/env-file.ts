import { messageOf } from '../base/errors.js';
import { interpolate } from './interpolate.js';

/** Context of a file with variables. */
export interface EnvFileContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fail: (line: number, what: string) => never;
}

/**
 * Reads a file of `env_file` as `docker stack deploy` does: one `NAME=value` a line, with quotes and dollars as they
 * are. A name alone takes its value from the environment, or is left out.
 * @param raw false: quotes that are closed in a later line hold a value of several lines. It is read as Compose reads
 *   it, without the quotes. Docker would make a variable of each line.
 */
export function parseRawEnv(
  bytes: Uint8Array,
  { env, fail, raw }: EnvFileContext & { readonly raw: boolean },
): Map<string, string> {
  const variables = new Map<string, string>();
  const text = textOf(bytes, fail).replaceAll('\r\n', '\n');
  for (let at = 0, line = 1; at < text.length; at++, line++) {
    const begin = at;
    at = lineEnd(text, begin);
    const one = text.slice(begin, at).trimStart();
    if (one === '' || one.startsWith('#')) continue;
    const equals = one.indexOf('=');
    const name = checkedName(equals < 0 ? one : one.slice(0, equals), line, fail);
    let value = equals < 0 ? env[name] : one.slice(equals + 1);
    const quoted = raw || equals < 0 ? undefined : quotedLines(text, at - (value ?? '').length);
    if (quoted) {
      const lookup = { ...Object.fromEntries(variables), ...env };
      const { single, double = '' } = quoted;
      value = single ?? expand(unescaped(double), lookup, (what) => fail(line, what));
      at += quoted.more.length;
      line += quoted.more.split('\n').length - 1;
    }
    if (value !== undefined) variables.set(name, value);
  }
  return variables;
}

const quotedToLineEnd = /(?:"((?:[^"\\]|\\[^])*)"|'([^']*)')[ \t]*(?:[ \t]#[^\n]*)?(?=\n|$)/y;

/** Finds quotes that begin here and are closed at the end of a later line. */
function quotedLines(text: string, from: number) {
  quotedToLineEnd.lastIndex = from;
  const [whole = '', double, single] = quotedToLineEnd.exec(text) ?? [];
  const first = whole.indexOf('\n');
  return first < 0 ? undefined : { double, single, more: whole.slice(first) };
}

const assignment = /^\s*(?:export\s+)?([^\s=]+)\s*=\s*/;
const doubleQuoted = /^"((?:[^"\\]|\\[^])*)"/;
const singleQuoted = /^'([^']*)'/;

/**
 * Reads `.env` and `--env-file` as Compose does. Single quotes keep the text; in double quotes and without quotes,
 * variables are expanded. A `#` after a space begins a comment.
 */
export function parseEnvFile(bytes: Uint8Array, { env, fail }: EnvFileContext): Record<string, string> {
  const variables = new Map<string, string>();
  let rest = textOf(bytes, fail).replaceAll('\r\n', '\n');
  let line = 1;
  const drop = (length: number) => {
    line += rest.slice(0, length).split('\n').length - 1;
    rest = rest.slice(length);
  };
  while (rest !== '') {
    const blank = /^(?:[ \t]*(?:#[^\n]*)?(?:\n|$))/.exec(rest)?.[0];
    if (blank !== undefined && blank !== '') {
      drop(blank.length);
      continue;
    }
    const [whole = '', given = ''] = assignment.exec(rest.split('\n', 1)[0] ?? '') ?? [];
    const name = checkedName(given || (/^[^\n=]*/.exec(rest)?.[0] ?? '').trim(), line, fail);
    if (whole === '') {
      if (env[name] === undefined) fail(line, `"${name.slice(0, 100)}" has no value: write ${name.slice(0, 100)}=`);
      drop((rest.split('\n', 1)[0] ?? '').length);
      continue;
    }
    drop(whole.length);
    const lookup = { ...Object.fromEntries(variables), ...env };
    const { value, length } = valueOf(
      rest,
      (text) => expand(text, lookup, (what) => fail(line, what)),
      () => fail(line, 'has a quote that is not closed'),
    );
    variables.set(name, value);
    drop(length);
  }
  return Object.fromEntries(variables);
}

/** Reads one value at the beginning of a text, up to the end of its line. */
function valueOf(text: string, expanded: (text: string) => string, unclosed: () => never) {
  const double = doubleQuoted.exec(text);
  if (double) return { value: expanded(unescaped(double[1] ?? '')), length: lineEnd(text, double[0].length) };
  const single = singleQuoted.exec(text);
  if (single) return { value: single[1] ?? '', length: lineEnd(text, single[0].length) };
  if (text.startsWith('"') || text.startsWith("'")) unclosed();
  const plain = text.split('\n', 1)[0] ?? '';
  return { value: expanded(plain.replace(/(?:^|[ \t]+)#.*$/, '').trimEnd()), length: plain.length };
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$$' };

function unescaped(text: string): string {
  return text.replace(/\\([^])/g, (whole, char: string) => escapes[char] ?? whole);
}

function expand(text: string, env: EnvFileContext['env'], fail: (what: string) => never): string {
  return interpolate(text, { env, fail, warn: () => undefined, spend: () => undefined });
}

function checkedName(name: string, line: number, fail: EnvFileContext['fail']): string {
  if (name === '') fail(line, 'has no name before the =');
  if (/\s/.test(name)) fail(line, `has a space in the name "${name.slice(0, 100)}"`);
  return name === '__proto__' ? fail(line, 'is no name that can be used') : name;
}

function textOf(bytes: Uint8Array, fail: EnvFileContext['fail']): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    return fail(1, `is not UTF-8: ${messageOf(error)}`);
  }
}
