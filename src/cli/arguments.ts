import { type Command, InvalidArgumentError } from 'commander';
import { timerMaxMs } from '../base/clock.js';
import { parseDuration } from '../base/duration.js';
import { isAddress } from '../base/host-port.js';

// Readers of arguments that several commands share. An error that they throw is a usage error: exit code 2.

const wholeFrom = (least: number) => (text: string) => {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < least)
    throw new InvalidArgumentError(`Give a whole number from ${least}.`);
  return number;
};

export const wholeNumber = wholeFrom(0);
export const countFrom1 = wholeFrom(1);

/** A time to wait, in whole milliseconds: `500ms`, `10s`, `1m30s`; a bare number is seconds. */
export function time(text: string): number {
  const ms = waitingMs(text);
  if (ms < 1) throw new InvalidArgumentError('Give a time of at least 1ms, such as 500ms, 10s, 1m30s or 1h.');
  if (ms > timerMaxMs) throw new InvalidArgumentError('Give a time of at most 596h.');
  return ms;
}

function waitingMs(text: string): number {
  try {
    return Math.round(parseDuration(/^\d+(\.\d+)?$/.test(text) ? `${text}s` : text));
  } catch {
    return 0; // too short, and refused with the same sentence
  }
}

/** `KEY=VALUE`, as often as it is given. */
export function pairs(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError('Give KEY=VALUE.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Parses an address to listen on or to connect to. */
export function address(text: string): string {
  if (!isAddress(text)) throw new InvalidArgumentError('an address is HOST:PORT.');
  return text;
}

export const logLevels = ['debug', 'info', 'warn', 'error'];

/** Level of the log of a command that runs on. */
export function logLevel(text: string): string {
  if (!logLevels.includes(text)) throw new InvalidArgumentError(`known levels are ${logLevels.join(', ')}.`);
  return text;
}

export interface StaleFlag {
  readonly stale?: boolean;
}

/** Options of commands that read: an answer without a leader. */
export function withStale(command: Command): Command {
  return command.option('--stale', 'read from any member, even without a quorum; the answer may be old');
}
