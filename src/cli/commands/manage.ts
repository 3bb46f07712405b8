import type { Command } from 'commander';
import { logLevel, logLevels } from '../arguments.js';
import type { Context } from '../context.js';
import { collected, discoveryForms, membersIn } from '../discovery-flags.js';
import { exitCodes } from '../exit-codes.js';
import {
  type Identified,
  listenDefault,
  type ManageFlags,
  type ManageSettings,
  manageSettings,
} from '../manage-settings.js';

/** `skep manage`: many Docker engines as one, for the docker CLI. Its flags are those of Docker Swarm's `manage`. */
export function addManage(program: Command, context: Context, exit: (code: number) => void): void {
  program
    .command('manage')
    .alias('m')
    .argument('[discovery]', 'where the engines are named (or SWARM_DISCOVERY)')
    .option(
      '-H, --host <ip:port>',
      `an address to listen on, tcp:// or unix://; may be given more than once (default: ${listenDefault}, or SWARM_HOST)`,
      collected,
    )
    .option('--strategy <name>', 'how containers are placed: spread, binpack, random', 'spread')
    .option('-f, --filter <name>', 'a filter of the scheduler; may be given more than once (default: all)', collected)
    .option('--rootdir <dir>', 'directory that keeps what was asked for (default: memory)')
    .option('--store <host:port,...>', 'skep managers that keep what was asked for, and decide who leads')
    .option('--replication', 'one of several managers: one acts, the others forward to it')
    .option('--replication-ttl <time>', 'time until another manager acts when the primary dies', '20s')
    .option('--addr, --advertise <ip:port>', 'where the other managers reach this one (or SWARM_ADVERTISE)')
    .option('--tls', 'use TLS; implied by --tlsverify')
    .option('--tlscacert <file>', 'trust only certificates signed by this CA')
    .option('--tlscert <file>', 'certificate, for the API and for the engines')
    .option('--tlskey <file>', 'key of the certificate')
    .option('--tlsverify', 'use TLS, and refuse clients and engines without a certificate of the CA')
    .option('--engine-refresh-min-interval <time>', 'shortest time between two refreshes of an engine', '30s')
    .option('--engine-refresh-max-interval <time>', 'longest time between two refreshes of an engine', '60s')
    .option('--engine-failure-retry <count>', 'failures in a row that make an engine unhealthy', '3')
    .option('--heartbeat <time>', 'time between two looks at the discovery service', '60s')
    .option('--api-enable-cors, --cors', 'let web pages of any origin call the API')
    .option('-c, --cluster-driver <name>', 'the only one is swarm', 'swarm')
    .option('--cluster-opt <key=value>', 'swarm.overcommit=0.05, swarm.createretry=0', collected)
    .option('--oc, --overcommit <share>', 'the same as --cluster-opt swarm.overcommit')
    .option('--discovery-opt <key=value>', 'an option of the discovery service; may be given more than once', collected)
    .option('--log-level <level>', logLevels.join(', '), logLevel, 'info')
    .description('manage a cluster of Docker engines, and serve the Docker API in front of them')
    .addHelpText('after', discoveryForms)
    .addHelpText('after', identityHelp)
    .action(async (given: string | undefined, flags: ManageFlags, command: Command) => {
      const settings = manageSettings(given, flags, context);
      await context.manage({ ...settings, ...(await identities(settings, command, context)) }, context);
      exit(exitCodes.ok);
    });
}

const identityHelp = `
Members of --store, and of a skep:// discovery URL, are shown the login of --context (or SKEP_CONTEXT; else the one in use).
SKEP_TOKEN_FILE and SKEP_CA_FILE name a token in its place.`;

/** Finds the identities to show to members, once the command line is known to be right. */
async function identities(
  { replication, discovery }: ManageSettings,
  command: Command,
  context: Context,
): Promise<Pick<ManageSettings, 'toStore' | 'toDiscovery'>> {
  const toStore = replication && (await identityAt(replication.store, command, context));
  const members = membersIn(discovery);
  const toDiscovery = members && (await identityAt(members, command, context));
  return { ...(toStore && { toStore }), ...(toDiscovery && { toDiscovery }) };
}

async function identityAt(
  hosts: readonly string[],
  command: Command,
  context: Context,
): Promise<Identified | undefined> {
  const { access, keep } = await (await import('../way.js')).wayOf(command, context, hosts);
  return access && { access, ...(keep && { keep }) };
}
