/** Deepest nesting of variables in the defaults of others. */
const nestedMax = 50;

/** Variables, and callbacks for errors, warnings and the count of characters. */
export interface Variables {
  readonly env: Readonly<Record<string, string | undefined>>;
  fail(what: string): never;
  warn(what: string): void;
  /** Counts the characters that are inserted. */
  spend(chars: number): void;
}

/**
 * Expands `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+other}` and `${NAME:?message}`. Each also works without the
 * colon: then an empty value counts as set. The operand is expanded as well. `$$` is a dollar.
 */
export function interpolate(text: string, variables: Variables, nested = 0): string {
  if (nested > nestedMax) variables.fail(`nests variables more than ${nestedMax} deep`);
  const piece = /(\$\$)|\$([A-Za-z_]\w*)|\$(?!\{)|[^$]+/y;
  let filled = '';
  for (let at = 0; at < text.length;) {
    piece.lastIndex = at;
    const [whole = '', dollar, plain] = piece.exec(text) ?? [];
    if (whole === '') {
      const end = closingBrace(text, at) ?? variables.fail(`has a \${ that is not closed: write $$ for a dollar`);
      filled += braced(text.slice(at + 2, end), variables, nested);
      at = end + 1;
      continue;
    }
    at += whole.length;
    if (dollar !== undefined) filled += '$';
    else filled += plain === undefined ? whole : valueOf(plain, variables);
  }
  return filled;
}

/** Expands the text between the braces. */
function braced(inside: string, variables: Variables, nested: number): string {
  const [, name = '', operator, operand = ''] =
    /^([A-Za-z_]\w*)(?:(:?[-?+])([^]*))?$/.exec(inside) ??
    variables.fail(`cannot use "\${${inside.slice(0, 60)}}": write $$ for a dollar`);
  if (operator === undefined) return valueOf(name, variables);
  const value = variables.env[name];
  const set = value !== undefined && !(operator.startsWith(':') && value === '');
  if (operator.endsWith('+')) return set ? interpolate(operand, variables, nested + 1) : '';
  if (set) return valueOf(name, variables);
  if (operator.endsWith('-')) return interpolate(operand, variables, nested + 1);
  return variables.fail(`${name} must be set in the environment${operand ? `: ${operand}` : ''}`);
}

function valueOf(name: string, variables: Variables): string {
  const value = variables.env[name];
  if (value === undefined) variables.warn(`${name} is not set in the environment and counts as empty`);
  variables.spend(value?.length ?? 0);
  return value ?? '';
}

/** Finds the brace that closes the `${` at `from`, skipping nested ones. */
function closingBrace(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith('$$', at)) at++;
    else if (text.startsWith('${', at)) depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return undefined;
}
