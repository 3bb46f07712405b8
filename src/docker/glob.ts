import { type Budget, matcherOf } from '../schedule/pattern/index.js';
import { ApiError } from './answers.js';

const budget = (): Budget => ({ steps: 5_000_000 });

/** Makes the matcher of a pattern as Go's `path.Match` reads it: `*` and `?` stop at a slash. @throws {ApiError} 400 */
export function globMatcher(pattern: string): (text: string) => boolean {
  const source = pattern.replace(/\*|\?|\\.|\[[^\]]+\]|[.+^$(){}|\\[\]]/gs, (sign) => {
    if (sign === '*') return '[^/]*';
    if (sign === '?') return '[^/]';
    return sign.length > 1 ? sign : `\\${sign}`;
  });
  try {
    return matcherOf(`/^(?:${source})$/`, budget());
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new ApiError(400, `Invalid filter 'reference=${pattern}': ${cause.message}`, { cause });
  }
}
