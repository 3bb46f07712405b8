import type { Command } from 'commander';
import { splitHostPort } from '../../base/host-port.js';
import { isLoopback } from '../../base/ip.js';
import { type Client, leaderless, type messages } from '../../client/index.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { type Columns, type Format, printList, table } from '../output.js';

const mebibyte = 1024 * 1024;
const mebibytes = (bytes: number) => `${(bytes / mebibyte).toFixed(1)} MiB`;
const ofMost = (amount: string, most: string | undefined) => (most === undefined ? amount : `${amount} of ${most}`);

/** Rows of use and limits; kinds without objects are left out. */
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

interface StatusFlags {
  readonly use?: boolean;
  readonly check?: boolean;
}

export function addStatus(program: Command, context: Context, exit: (code: number) => void): void {
  const { streams } = context;
  program
    .command('status')
    .description('show the cluster and its members')
    .option('--use', 'add the use and limits of one member to json output; tables always show them')
    .option('--check', 'exit with 5 when there is no leader')
    .action(async ({ use, check }: StatusFlags, command: Command) => {
      const show = async (client: Client, { output }: GlobalFlags) => {
        const status = await client.status();
        print(output, status, use === true);
        warnOfClearText(status);
        if (status.leader !== undefined) return;
        if (output !== 'table') streams.err(`skep: ${leaderless(status)}\n`);
        if (check) exit(exitCodes.unavailable);
      };
      await withClient(command, context, show, { leaderless: true });
    });

  function warnOfClearText({ security, members }: messages.ClusterStatus): void {
    const exposed = members.map(({ addr }) => addr).filter((addr) => !isLoopback(splitHostPort(addr).host));
    if (security === 'off' && exposed.length > 0)
      streams.err(
        `skep: connections are in clear text: every computer that reaches ${exposed.join(', ')} may do everything\n`,
      );
  }

  function print(output: Format, { leader, use, ...status }: messages.ClusterStatus, withUse: boolean): void {
    const { clusterId, lineage, term, version, members, security } = status;
    const shown = {
      clusterId,
      lineage,
      leader: leader ?? null,
      term,
      version,
      members,
      security,
      ...(withUse && { use }),
    };
    if (output === 'json') streams.out(`${JSON.stringify(shown, null, 2)}\n`);
    else if (output === 'ndjson') streams.out(`${JSON.stringify(shown)}\n`);
    else {
      const led = leader === undefined ? leaderless(status) : `led by ${leader}`;
      if (output === 'table') streams.out(`cluster ${clusterId}, term ${term}, version ${version}, ${led}\n\n`);
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
  }
}
