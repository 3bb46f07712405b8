/** A word of a shell script, or one of the signs between words. */
export type Token = { readonly word: string } | { readonly sign: ';' | '&&' | '||' | '&' | '>&1' | '>&2' | '>' };

const signs = ['>&1', '>&2', '&&', '||', '>', '&', ';', '\n'] as const;

/** Splits a script into words and signs: quotes, `\`, `$NAME` and `${NAME}` are understood. */
export function tokens(script: string, env: ReadonlyMap<string, string>): Token[] {
  const found: Token[] = [];
  let word: string | undefined;
  const close = () => {
    if (word !== undefined) found.push({ word });
    word = undefined;
  };
  for (let at = 0; at < script.length;) {
    const sign = signs.find(
      (one) => script.startsWith(one, at) || (one[0] === '>' && script.startsWith(`1${one}`, at)),
    );
    const char = script[at] as string;
    if (sign !== undefined && (char !== '1' || word === undefined)) {
      close();
      found.push({ sign: sign === '\n' ? ';' : sign });
      at += sign.length + (char === '1' ? 1 : 0);
    } else if (/\s/.test(char)) {
      close();
      at += 1;
    } else {
      const piece = pieceAt(script, at, env);
      word = (word ?? '') + piece.text;
      at = piece.next;
    }
  }
  close();
  return found;
}

interface Piece {
  readonly text: string;
  readonly next: number;
}

function pieceAt(script: string, at: number, env: ReadonlyMap<string, string>): Piece {
  const char = script[at] as string;
  if (char === '\\') return { text: script[at + 1] ?? '', next: at + 2 };
  if (char === '$') return variableAt(script, at, env);
  if (char === "'") {
    const end = script.indexOf("'", at + 1);
    const last = end === -1 ? script.length : end;
    return { text: script.slice(at + 1, last), next: last + 1 };
  }
  if (char !== '"') return { text: char, next: at + 1 };
  let text = '';
  let next = at + 1;
  while (next < script.length && script[next] !== '"') {
    const plain = { text: script[next] as string, next: next + 1 };
    const piece = script[next] === '$' || script[next] === '\\' ? pieceAt(script, next, env) : plain;
    text += piece.text;
    next = piece.next;
  }
  return { text, next: next + 1 };
}

function variableAt(script: string, at: number, env: ReadonlyMap<string, string>): Piece {
  const [whole, braced, bare] = /^\$(?:\{(\w+)\}|(\w+))/.exec(script.slice(at)) ?? [];
  if (whole === undefined) return { text: '$', next: at + 1 };
  return { text: env.get(braced ?? bare ?? '') ?? '', next: at + whole.length };
}
