import type { Command } from 'commander';
import { withClient, type Context } from '../context.js';
import { printList } from '../output.js';

export function addStatus(program: Command, context: Context): void {
  const { streams } = context;
  program
    .command('status')
    .description('show the cluster and its members')
    .action(async (_options, command: Command) => {
      await withClient(command, context, async (client, { output }) => {
        const { clusterId, lineage, leader, term, version, members } = await client.status();
        const status = { clusterId, lineage, leader: leader ?? null, term, version, members };
        if (output === 'json') streams.out(`${JSON.stringify(status, null, 2)}\n`);
        else if (output === 'ndjson') streams.out(`${JSON.stringify(status)}\n`);
        else {
          if (output === 'table')
            streams.out(
              `cluster ${clusterId}, term ${term}, version ${version}, ${leader === undefined ? 'no leader' : `led by ${leader}`}\n\n`,
            );
          printList(streams, output, members, {
            name: ({ name }) => name,
            columns: [
              ['NAME', (member) => member.name],
              ['ADDR', (member) => member.addr],
              ['ROLE', (member) => member.role],
              ['LEADER', (member) => (member.leader ? 'yes' : '')],
              ['REACHABLE', (member) => (member.reachable ? 'yes' : 'no')],
              ['VERSION', (member) => member.version],
              ['LAST INDEX', (member) => member.lastIndex],
              ['APPLIED', (member) => member.appliedIndex],
            ],
          });
        }
      });
    });
}
