import { DirectoryError } from '../base/directory-error.js';
import { type DirectoryCode, directoryCodes } from '../base/error-codes.js';
import { messageOf } from '../base/errors.js';

interface Cause {
  readonly code: DirectoryCode;
  /** Codes of Node and of the system. */
  readonly system: readonly string[];
  /** Words of LevelDB, which passes on those of the system and no code: nothing else tells a full disk from damage. */
  readonly says: RegExp;
}

const causes: readonly Cause[] = [
  { code: 'NOT_ALLOWED', system: ['EACCES', 'EPERM'], says: /Permission denied|Operation not permitted/i },
  { code: 'READ_ONLY', system: ['EROFS'], says: /Read-only file system/i },
  { code: 'DISK_FULL', system: ['ENOSPC', 'EDQUOT'], says: /No space left|quota exceeded/i },
  { code: 'TOO_MANY_FILES', system: ['EMFILE', 'ENFILE', 'ENOMEM'], says: /Too many open files|Cannot allocate/i },
];

/** Returns an error and its causes, the outermost first. */
function* chainOf(error: unknown): Generator<Error, void> {
  for (let at: unknown = error; at instanceof Error; at = at.cause) yield at;
}

/** Returns the codes of an error and of its causes. */
export const codesOf = (error: unknown): readonly string[] =>
  [...chainOf(error)].map((at) => (at as NodeJS.ErrnoException).code ?? '');

/** Returns the trouble that `error` stands for; `undefined` for other errors. */
export function troubleOf(error: unknown, dir: string): DirectoryError | undefined {
  if (error instanceof DirectoryError) return error;
  for (const at of chainOf(error)) {
    const { message, code = '' } = at as NodeJS.ErrnoException;
    const found = causes.find(({ system, says }) => system.includes(code) || says.test(message));
    if (found) {
      const { todo } = directoryCodes[found.code];
      return new DirectoryError(found.code, `${dir} cannot be used (${message}): ${inWords(todo)}`, { cause: error });
    }
  }
  return undefined;
}

/** A sentence of the table as the end of another one. */
const inWords = (todo: string) =>
  `${todo.charAt(0).toLowerCase()}${todo.slice(1).replace(/\.$/, '').replaceAll('`', '')}`;

/** Tells whether an error is trouble, not damage. */
export const isPassing = (error: unknown): boolean => troubleOf(error, '') !== undefined;

/** Runs `work`; throws trouble as a {@link DirectoryError} with its cause and what to do. */
export async function explained<T>(dir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw troubleOf(error, dir) ?? error;
  }
}

export const inUse = (name: string, options?: ErrorOptions): DirectoryError =>
  new DirectoryError('LOCKED', `${name} is in use by another process: stop that one first`, options);

/** Returns the reason in words, also when LevelDB hides it in the cause. */
export const reasonOf = (error: unknown): string =>
  messageOf((error as { cause?: unknown } | undefined)?.cause ?? error);
