/**
 * A process that takes part in an election and writes behind its fence for as long as it believes that it leads, and once
 * more when it has been told that it does not. Prints a line for each thing that happens.
 */
import process from 'node:process';
import { Coordination } from '../../src/coordination/index.js';
import { isStoreError } from '../../src/index.js';

const [, , host = '', name = '', ttl = '1000'] = process.argv;
const say = (line: string) => void process.stdout.write(`${line}\n`);

const coordination = new Coordination({ client: { hosts: host.split(',') }, holder: `process ${process.pid}` });
await coordination.elect(
  name,
  async (lead) => {
    say(`leads ${lead.epoch}`);
    for (let n = 0; ; n++) {
      try {
        await lead.update((tx) => void tx.nodes().create({ id: `${lead.epoch}-${n}` }));
        if (n === 0) say('wrote');
      } catch (error) {
        say(isStoreError(error) ? `refused ${error.code}, told ${lead.signal.aborted}` : String(error));
        process.exit(0);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  },
  { ttlMs: Number(ttl) },
);
