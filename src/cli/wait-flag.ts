import type { Command } from 'commander';
import { time } from './arguments.js';

/** Flag of commands that can wait for services; milliseconds. */
export interface WaitFlag {
  readonly wait?: number;
}

/** Limit of `--wait` without a time. */
export const waitDefault = '5m';

/** Adds `--wait`, whose time is optional. */
export function withWait(command: Command, what = 'wait until the services run as written'): Command {
  return command.option('--wait [time]', `${what}, at most this long (default: ${waitDefault})`, time);
}
