import type { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import { formatDuration } from '../../base/duration.js';
import { isAddress } from '../../base/host-port.js';
import { systemRandom } from '../../base/random.js';
import { announce, pause } from '../../discovery/index.js';
import { logLevel, logLevels } from '../arguments.js';
import type { Context } from '../context.js';
import {
  collected,
  discoveryForms,
  discoveryOptions,
  discoveryUrl,
  openBackend,
  timeFlag,
  wayOfUrl,
} from '../discovery-flags.js';
import { exitCodes, UsageError } from '../exit-codes.js';

interface JoinFlags {
  readonly advertise?: string;
  readonly heartbeat: string;
  readonly ttl: string;
  readonly delay: string;
  readonly discoveryOpt?: readonly string[];
  readonly logLevel: string;
}

/** `skep join`: registers a node, renews it every heartbeat until stopped, and then removes it. */
export function addJoin(program: Command, context: Context, exit: (code: number) => void): void {
  program
    .command('join')
    .alias('j')
    .argument('[discovery]', 'URL of the discovery service (or SWARM_DISCOVERY)')
    .option('--addr, --advertise <ip:port>', 'address of this node for others (or SWARM_ADVERTISE)')
    .option('--heartbeat <time>', 'time between two registrations', '60s')
    .option('--ttl <time>', 'lifetime of a registration', '180s')
    .option('--delay <time>', 'maximum of the random delay before the first registration', '0s')
    .option('--discovery-opt <key=value>', 'option of the discovery service (repeatable)', collected)
    .option('--log-level <level>', logLevels.join(', '), logLevel, 'info')
    .description('join a cluster: register a node and keep it registered')
    .addHelpText('after', discoveryForms)
    .action(async (given: string | undefined, flags: JoinFlags, command: Command) => {
      const joining = checked(given, flags, context);
      const way = await wayOfUrl(command, context, joining.url);
      await join({ ...joining, ...way }, flags.logLevel, context);
      exit(exitCodes.ok);
    });
}

type Joining = ReturnType<typeof checked> & Awaited<ReturnType<typeof wayOfUrl>>;

/** Checks the flags in Docker Swarm's order, and reports the first that fails. */
function checked(given: string | undefined, flags: JoinFlags, context: Context) {
  const url = discoveryUrl(given, context, 'join');
  const address = flags.advertise ?? context.env.SWARM_ADVERTISE ?? '';
  if (address === '') throw new UsageError('missing mandatory --advertise flag');
  if (!isAddress(address, 1)) throw new UsageError('--advertise should be of the form ip:port or hostname:port');
  const delayMs = timeFlag('delay', flags.delay);
  if (delayMs < 0) throw new UsageError('--delay should not be a negative number');
  const heartbeatMs = timeFlag('heartbeat', flags.heartbeat);
  if (heartbeatMs < 1_000) throw new UsageError('--heartbeat should be at least one second');
  const ttlMs = timeFlag('ttl', flags.ttl);
  if (ttlMs <= heartbeatMs) throw new UsageError('--ttl must be strictly superior to the heartbeat value');
  return { url, address, delayMs, heartbeatMs, ttlMs, options: discoveryOptions(flags.discoveryOpt) };
}

async function join({ url, address, delayMs, keep, ...settings }: Joining, level: string, context: Context) {
  const { signal, clock = systemClock, random = systemRandom } = context;
  const { heartbeatMs } = settings;
  const backend = await openBackend(context, url, settings);
  void keep?.(signal);
  const logger = await context.logger(level);
  if (delayMs >= 1) {
    const delay = random(Math.floor(delayMs));
    logger.info(`Add a random delay ${formatDuration(delay)} to avoid synchronized registration`);
    await pause(clock, delay, signal);
  }
  const facts = { addr: address, discovery: url };
  const registering = `Registering on the discovery service every ${formatDuration(heartbeatMs)}...`;
  const announced = announce(backend, address, {
    heartbeatMs,
    signal,
    clock,
    onAttempt: () => logger.info(registering, facts),
    onRegistered: () => logger.debug('Registered', facts),
    onError: (error) => logger.error(error.message, facts),
  });
  await announced.finally(() => backend.close?.());
}
