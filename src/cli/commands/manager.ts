import { InvalidArgumentError, type Command } from 'commander';
import { isMemberName, memberNameRule } from '../../base/names.js';
import { address, countFrom1 } from '../arguments.js';
import { type Context, type ManagerFlags, hostDefault } from '../context.js';

const levels = ['debug', 'info', 'warn', 'error'];

export function addManager(program: Command, context: Context, exit: (code: number) => void): void {
  program
    .command('manager')
    .requiredOption('--name <name>', 'name of this member, unique in the cluster', memberName)
    .option('--data-dir <dir>', 'where log and snapshots are kept (default: in memory, lost at the end)')
    .option('--listen <host:port>', 'where to serve', address, hostDefault)
    .option(
      '--advertise <host:port...>',
      'where the other members reach this one (default: --listen); several are tried in turn',
      addresses,
    )
    .option(
      '--peers <host:port...>',
      'addresses of all members, the same list for each: they begin one cluster together, or find it',
      addresses,
      [] as string[],
    )
    .option('--join <host:port...>', 'members of a cluster to join; never begins one', addresses, [] as string[])
    .option('--begin', 'begin a cluster of one (as without --peers and --join)')
    .option(
      '--force-new-cluster',
      'after the loss of a majority: go on alone, as a new cluster, with what is in --data-dir',
    )
    .option('--log-level <level>', levels.join(', '), level, 'info')
    .option('--heartbeat-ms <ms>', 'time between heartbeats (default: 100)', countFrom1)
    .option('--election-timeout-ms <ms>', 'time without a leader before an election (default: 1000)', countFrom1)
    .option('--snapshot-interval <entries>', 'log entries between snapshots (default: 10000)', countFrom1)
    .option('--kinds <module...>', 'modules that export kinds of your own, which this member can then write')
    .option('--dns <host:port>', 'answer DNS queries for the catalogue, over UDP and TCP (default: do not)', address)
    .description('run one replica in the foreground')
    .action(async (flags: ManagerFlags, command: Command) => {
      const mistake = mistakeIn(flags);
      if (mistake !== undefined) command.error(`error: ${mistake}`);
      exit(await context.manager(flags, context));
    });
}

/** Defaults of a member, milliseconds. */
const heartbeatDefaultMs = 100;
const electionTimeoutDefaultMs = 1_000;

/** Refuses options that contradict each other, by their names on the command line. */
function mistakeIn(flags: ManagerFlags): string | undefined {
  const { dataDir, peers, join, begin, forceNewCluster } = flags;
  const { heartbeatMs = heartbeatDefaultMs, electionTimeoutMs = electionTimeoutDefaultMs } = flags;
  const others = join.length + peers.length > 0;
  if (dataDir === '') return "'--data-dir' names no directory";
  if (forceNewCluster && dataDir === undefined)
    return "'--force-new-cluster' needs '--data-dir', of the member that is left";
  if (forceNewCluster && others) return "'--force-new-cluster' cannot be used with '--join' or '--peers'";
  if (begin && others) return "'--begin' cannot be used with '--join' or '--peers'";
  if (peers.length > 0 && join.length > 0) return "'--peers' cannot be used with '--join'";
  if (electionTimeoutMs < 2 * heartbeatMs)
    return `'--election-timeout-ms' (${electionTimeoutMs}) must be at least twice '--heartbeat-ms' (${heartbeatMs})`;
  return undefined;
}

function memberName(text: string): string {
  if (!isMemberName(text)) throw new InvalidArgumentError(memberNameRule);
  return text;
}

function addresses(text: string, before: string[] = []): string[] {
  return [...before, ...text.split(',').map(address)];
}

function level(text: string): string {
  if (!levels.includes(text)) throw new InvalidArgumentError(`known levels are ${levels.join(', ')}.`);
  return text;
}
