import { messageOf } from '../base/errors.js';

/** Reasons why a directory cannot be used at the moment, although nothing in it is known to be damaged. */
export type TroubleCode = 'NOT_ALLOWED' | 'READ_ONLY' | 'DISK_FULL' | 'TOO_MANY_FILES' | 'IN_USE' | 'OTHER_FORMAT';

/** Trouble that is not damage: the same directory opens when the cause is removed. Nothing was changed in it. */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
  readonly code: TroubleCode;

  constructor(code: TroubleCode, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}

/** Errors of the system, by number or in words: LevelDB passes on only words. */
const causes: readonly { readonly code: TroubleCode; readonly says: RegExp; readonly advice: string }[] = [
  {
    code: 'NOT_ALLOWED',
    says: /\b(EACCES|EPERM)\b|Permission denied|Operation not permitted/i,
    advice: 'let the user that runs the member read and write everything below the directory (chown -R, chmod)',
  },
  {
    code: 'READ_ONLY',
    says: /\bEROFS\b|Read-only file system/i,
    advice: 'the file system is read-only: mount it for writing, or choose another directory',
  },
  {
    code: 'DISK_FULL',
    says: /\b(ENOSPC|EDQUOT)\b|No space left|quota exceeded/i,
    advice: 'the disk is full: make room',
  },
  {
    code: 'TOO_MANY_FILES',
    says: /\b(EMFILE|ENFILE)\b|Too many open files|Cannot allocate/i,
    advice: 'the process may not open more files, or has no memory: raise its limits (ulimit -n)',
  },
];

/** Returns the trouble that `error` stands for; `undefined` for other errors. */
export function troubleOf(error: unknown, dir: string): DirectoryError | undefined {
  if (error instanceof DirectoryError) return error;
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { message } = at;
    const found = causes.find(({ says }) => says.test(message));
    if (found)
      return new DirectoryError(found.code, `${dir} cannot be used (${message}): ${found.advice}`, { cause: error });
  }
  return undefined;
}

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
  new DirectoryError('IN_USE', `${name} is in use by another process: stop that one first`, options);

/** Returns the reason in words, also when LevelDB hides it in the cause. */
export const reasonOf = (error: unknown): string =>
  messageOf((error as { cause?: unknown } | undefined)?.cause ?? error);
