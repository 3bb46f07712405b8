import type { Command } from 'commander';
import { pairs } from '../arguments.js';
import { type Context, withClient } from '../context.js';
import { printNames } from '../output.js';

interface NetworkFlags {
  readonly driver: string;
  readonly opt?: Record<string, string>;
  readonly label?: Record<string, string>;
  readonly attachable?: boolean;
  readonly internal?: boolean;
  readonly ipv6?: boolean;
  readonly subnet?: string;
  readonly ipRange?: string;
  readonly gateway?: string;
}

/** Adds `create` to `skep network`, for the networks that Compose files call external. */
export function addNetworkCreate(group: Command, context: Context): void {
  group
    .command('create')
    .argument('<name>', 'letters, digits, "-" and "_"')
    .option('--driver <name>', 'driver of the network', 'overlay')
    .option('--opt <key=value>', 'option of the driver (repeatable)', pairs)
    .option('--label <key=value>', 'label of the network (repeatable)', pairs)
    .option('--attachable', 'containers outside of services may join')
    .option('--internal', 'no access to outside networks')
    .option('--ipv6', 'use IPv6 addresses too')
    .option('--subnet <cidr>', 'range of its addresses, such as 10.0.9.0/24')
    .option('--ip-range <cidr>', 'part of the subnet for containers')
    .option('--gateway <address>', 'gateway of the subnet')
    .description('create a network, such as an external network of a Compose file')
    .action(async (name: string, flags: NetworkFlags, command: Command) => {
      const { subnet = '', ipRange: range = '', gateway = '' } = flags;
      if (subnet === '' && (range !== '' || gateway !== ''))
        command.error("error: '--ip-range' and '--gateway' need '--subnet'");
      const spec = {
        annotations: { name, labels: flags.label ?? {} },
        driverConfig: { name: flags.driver, options: flags.opt ?? {} },
        attachable: flags.attachable ?? false,
        internal: flags.internal ?? false,
        ipv6Enabled: flags.ipv6 ?? false,
        ...(subnet !== '' && { ipam: { configs: [{ subnet, range, gateway, reserved: {} }] } }),
      };
      await withClient(command, context, async (client, { output }, said) => {
        const { id } = await client.create('network', { spec }, said);
        printNames(context.streams, output, [{ kind: 'network', id, name }], (made) => made.id);
      });
    });
}
