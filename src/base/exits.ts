/** Outcome of a command, for the shell that ran it. */
export interface Exit {
  /** Number that the process ends with. */
  readonly code: number;
  readonly meaning: string;
  readonly todo: string;
}

/** Name of an exit code. */
export type ExitName =
  | 'ok'
  | 'failed'
  | 'usage'
  | 'notFound'
  | 'conflict'
  | 'unavailable'
  | 'denied'
  | 'invalid'
  | 'timeout'
  | 'interrupted';

/** Exit codes of every command, by name. docs/errors.md shows them. */
export const exits = {
  ok: { code: 0, meaning: 'Done.', todo: 'Nothing.' },
  failed: { code: 1, meaning: 'It failed in a way that has no exit code.', todo: 'Read the message.' },
  usage: { code: 2, meaning: 'The command line or the settings cannot be right.', todo: 'Read `--help`.' },
  notFound: { code: 3, meaning: 'Something that was named is not there.', todo: 'List what is there, and name that.' },
  conflict: {
    code: 4,
    meaning: 'Something else has the name or the place, or has changed it.',
    todo: 'Read again, or try again.',
  },
  unavailable: {
    code: 5,
    meaning: 'There is no leader, or no member answers.',
    todo: 'Check that a majority is running, and that `--host` is right.',
  },
  denied: { code: 6, meaning: 'The user may not do this.', todo: 'Ask for the permission that the message names.' },
  invalid: { code: 7, meaning: 'It was refused, and will be refused again.', todo: 'Correct what the message names.' },
  timeout: {
    code: 124,
    meaning: 'No answer came in time; a write may still be made.',
    todo: 'Look before you write again.',
  },
  interrupted: { code: 130, meaning: 'A signal ended it.', todo: 'Nothing.' },
} as const satisfies Record<ExitName, Exit>;
