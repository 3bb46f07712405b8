import { type Command, InvalidArgumentError } from 'commander';
import { isAddress } from '../../base/host-port.js';
import { logLevel, logLevels } from '../arguments.js';
import type { Context } from '../context.js';
import type { DevSettings } from '../dev-settings.js';
import { collected } from '../discovery-flags.js';

const httpDefault = '127.0.0.1:4280';
const portMax = 65_535;
const membersMax = 9;

interface DevFlags extends Omit<DevSettings, 'http' | 'kinds' | 'keys' | 'dir'> {
  readonly dir?: string;
  readonly http?: string;
  readonly kinds?: readonly string[];
  readonly keys?: true;
}

/** `skep dev`: a cluster to play with. */
export function addDev(program: Command, context: Context, exit: (code: number) => void): void {
  program
    .command('dev')
    .description('run a cluster of three members in this process, with a web page')
    .option('--dir <dir>', 'folder that keeps the members (default: memory)')
    .option('--members <count>', 'number of members, 1 to 9', whole(1, membersMax), 3)
    .option(
      '--port <port>',
      'port of the first member; the others follow; 0 lets the system choose',
      whole(0, portMax),
      4242,
    )
    .option('--http <host:port>', `address of the web page, JSON and metrics (default: ${httpDefault})`, address)
    .option('--kinds <module>', 'module that exports custom kinds; may be given more than once', collected)
    .option('--keys', 'read keys from standard input although it is no terminal')
    .option('--log-level <level>', logLevels.join(', '), logLevel, 'error')
    .addHelpText('after', keysText)
    .action(async ({ dir, http, kinds = [], keys, ...flags }: DevFlags) => {
      const place = { addr: http ?? httpDefault, isDefault: http === undefined };
      exit(await context.dev({ ...flags, dir, http: place, kinds, keys: keys === true }, context));
    });
}

const keysText = `
Keys on a terminal:
  1 2 3   kill that member, or revive it
  k       kill the leader
  p       cut the leader off from the others, or heal
  a       add a member
  s       show the members
  o       open the web page
  q       quit`;

function whole(least: number, most: number) {
  return (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

/** On loopback only: every program that reaches it can read everything. */
function address(text: string): string {
  if (isAddress(text) && /^(?:127\.|\[::1\]:|localhost:)/.test(text)) return text;
  throw new InvalidArgumentError('Give HOST:PORT on this computer, such as 127.0.0.1:4280.');
}
