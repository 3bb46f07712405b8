import { isAddress } from '../base/names.js';
import { InvalidArgumentError, type Command } from 'commander';
import { duration } from './durations.js';

/** Readers of arguments that more than one command has. What they throw is a mistake on the command line: exit code 2. */

const wholeFrom = (least: number) => (text: string) => {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < least)
    throw new InvalidArgumentError(`a whole number from ${least} is needed.`);
  return number;
};

export const wholeNumber = wholeFrom(0);
export const countFrom1 = wholeFrom(1);

/** `500ms`, `10s`, `2m`; in milliseconds. */
export function time(text: string): number {
  const ms = duration(text);
  if (ms === undefined) throw new InvalidArgumentError('a time is like 500ms, 10s or 2m.');
  return ms;
}

/** `KEY=VALUE`, as often as it is given. */
export function pairs(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError('KEY=VALUE is needed.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Where to listen, or where somebody listens. */
export function address(text: string): string {
  if (!isAddress(text)) throw new InvalidArgumentError('an address is HOST:PORT.');
  return text;
}

export interface StaleFlag {
  readonly stale?: boolean;
}

/** What commands that read have: an answer without a leader. */
export function withStale(command: Command): Command {
  return command.option('--stale', 'take what the member that answers holds, even without a quorum');
}
