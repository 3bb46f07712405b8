import type { Command } from 'commander';
import { aborted } from '../../base/waiting.js';
import { openTokenServer } from '../../discovery/index.js';
import { address } from '../arguments.js';
import type { Context } from '../context.js';
import { exitCodes } from '../exit-codes.js';

interface TokenServerFlags {
  readonly listen: string;
  readonly data?: string;
}

/** `skep token-server`: serves token:// in the foreground. */
export function addTokenServer(program: Command, context: Context, exit: (code: number) => void): void {
  const { streams, signal } = context;
  program
    .command('token-server')
    .option('--listen <host:port>', 'address to serve on', address, '127.0.0.1:4243')
    .option('--data <file>', 'file for the clusters (default: in memory, lost at the end)')
    .description('serve the lists of nodes for token://')
    .action(async ({ listen, data }: TokenServerFlags) => {
      const logger = await context.logger('info');
      if (data === undefined)
        logger.warn('clusters are in memory and lost when this server stops; give --data to keep them');
      const server = await openTokenServer({ listen, logger, ...(data !== undefined && { dataFile: data }) });
      streams.out(`ready token-server addr=${server.addr} url=${server.url}\n`);
      await aborted(signal);
      await server.close();
      exit(exitCodes.ok);
    });
}
