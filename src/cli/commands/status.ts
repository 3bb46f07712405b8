import type { Command } from 'commander';
import type { messages } from '../../client/index.js';
import { withClient, type Context } from '../context.js';
import { printList, table, type Columns } from '../output.js';

const mebibyte = 1024 * 1024;
const mebibytes = (bytes: number) => `${(bytes / mebibyte).toFixed(1)} MiB`;
const ofMost = (amount: string, most: string | undefined) => (most === undefined ? amount : `${amount} of ${most}`);

/** How much there is of what, and how much there may be; kinds that have no object are left out. */
function useText({ kinds, history, watches }: messages.StoreUse): string {
  const rows = kinds.filter(({ objects, objectsMax, bytesMax }) => objects > 0 || objectsMax || bytesMax);
  const amounts: Columns<messages.KindAmount> = [
    ['KIND', ({ kind }) => kind],
    ['OBJECTS', ({ objects, objectsMax }) => ofMost(String(objects), objectsMax?.toString())],
    [
      'SIZE',
      ({ bytes, bytesMax }) => ofMost(mebibytes(bytes), bytesMax === undefined ? undefined : mebibytes(bytesMax)),
    ],
  ];
  const { transactions, bytes, reachesBackTo } = history;
  const past = `history: ${transactions} transactions, ${mebibytes(bytes)}, back to version ${reachesBackTo}; watches here: ${watches}\n`;
  return rows.length > 0 ? `${table(rows, amounts)}\n\n${past}` : past;
}

export function addStatus(program: Command, context: Context): void {
  const { streams } = context;
  program
    .command('status')
    .description('show the cluster and its members')
    .option('--use', 'in json, too: how much the member that answers holds, and how much it may')
    .action(async (flags: { use?: boolean }, command: Command) => {
      await withClient(command, context, async (client, { output }) => {
        const { clusterId, lineage, leader, term, version, members, use } = await client.status();
        const status = {
          ...{ clusterId, lineage, leader: leader ?? null, term, version, members },
          ...(flags.use && { use }),
        };
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
          if (output === 'table') streams.out(`\n${useText(use)}`);
        }
      });
    });
}
