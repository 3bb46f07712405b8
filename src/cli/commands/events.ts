import type { Command } from 'commander';
import type { Client } from '../../client/index.js';
import { wholeNumber } from '../arguments.js';
import { type Context, withClient } from '../context.js';
import { printable } from '../output.js';
import { eventText } from '../services/event-text.js';
import { readView, viewKinds } from '../services/view.js';

/** `skep events`: what happens to services, tasks and nodes, in words. */
export function addEvents(program: Command, context: Context): void {
  const { streams, signal } = context;
  program
    .command('events')
    .option('--from <version>', 'begin after this version (default: now)', wholeNumber)
    .description('print what happens to services, tasks and nodes, with author and reason, until interrupted')
    .action(async ({ from }: { from?: number }, command: Command) => {
      const follow = async (client: Client, { output }: { readonly output: string }) => {
        const view = await readView(client);
        const selectors = viewKinds.map((kind) => ({ kind }));
        const watching = client.watch({ selectors, signal, ...(from !== undefined && { from }) });
        for await (const { version, time, actor, reason, events } of watching)
          for (const event of events) {
            if (event.action !== 'delete') view.set(event.kind, event.object);
            const text = eventText(view, event);
            if (text === undefined) continue;
            const { kind, object } = event;
            const who = { ...(actor !== undefined && { actor }), ...(reason !== undefined && { reason }) };
            const row = { version, time, kind, id: object.id, text, ...who };
            const by = `${actor === undefined ? '' : `  by ${actor}`}${reason === undefined ? '' : `: ${reason}`}`;
            const line = `${new Date(time).toISOString()}  ${text}${by}`;
            streams.out(`${output === 'json' || output === 'ndjson' ? JSON.stringify(row) : printable(line)}\n`);
          }
      };
      await withClient(command, context, follow);
    });
}
