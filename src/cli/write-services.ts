import type { Command } from 'commander';
import { plainEqual } from '../base/plain.js';
import { isStoreError } from '../base/store-error.js';
import { changeOf, type Client, type messages, type WriteOptions } from '../client/index.js';
import type { Service } from '../kinds/index.js';
import { type Context, withClient } from './context.js';
import { printList, printNames, printOne } from './output.js';
import { type ClusterView, readView } from './services/view.js';
import { printWaited, waitAndShow } from './wait.js';
import type { WaitFlag } from './wait-flag.js';

/** Number of tries: the control loop may write the same service at the same time. */
const attempts = 5;

/** Services as a command wants them, and others that it removes in the same transaction. */
export interface ServiceChanges {
  readonly update: readonly Service[];
  readonly remove?: readonly Service[];
  /** Reason in history, unless the user gives one. */
  readonly reason: string;
}

interface Written {
  readonly changed: readonly Service[];
  readonly removed: readonly Service[];
  /** Services to wait for, with the version of their spec. */
  readonly services: ReadonlyMap<string, number>;
  readonly version: number;
}

/**
 * Reads services, writes what `build` makes of them in one transaction, prints their names, and waits where asked. `build`
 * is called again after a conflict. Services with an equal spec are left alone.
 */
export async function writeServices(
  command: Command,
  context: Context,
  { wait, exit }: WaitFlag & { readonly exit: (code: number) => void },
  build: (view: ClusterView, client: Client) => ServiceChanges | Promise<ServiceChanges>,
): Promise<void> {
  const { streams } = context;
  await withClient(command, context, async (client, { output }, said) => {
    const written = await write(client, said, build);
    const rows = [
      ...written.changed.map((service) => rowOf('update', service)),
      ...written.removed.map((service) => rowOf('remove', service)),
    ];
    if (rows.length === 0) streams.err('nothing differs\n');
    if (wait === undefined || output !== 'json') {
      if (output === 'json' || output === 'ndjson') printList(streams, output, rows, { columns: [], name: rowName });
      else printNames(streams, output, rows, rowName);
    }
    if (wait === undefined) return;
    const report = await waitAndShow(context, client, { ...written, limitMs: wait });
    if (output === 'json') printOne(streams, output, { changes: rows, ...report }, '');
    else if (output === 'ndjson') printOne(streams, output, report, '');
    exit(printWaited(context, output, report, wait));
  });
}

const rowOf = (action: string, { id, spec }: Service) => ({ action, kind: 'service', name: spec.annotations.name, id });
const rowName = ({ name }: { readonly name: string }) => name;

async function write(
  client: Client,
  said: WriteOptions,
  build: (view: ClusterView, client: Client) => ServiceChanges | Promise<ServiceChanges>,
): Promise<Written> {
  for (let attempt = 1; ; attempt++) {
    const view = await readView(client);
    const { update: wanted, remove = [], reason } = await build(view, client);
    const update = [...new Map(wanted.map((service) => [service.id, service])).values()]; // the last word counts
    const changed = update.filter(({ id, spec }) => !plainEqual(view.services.get(id)?.spec, spec));
    const services = new Map(update.map(({ id }) => [id, view.services.get(id)?.specVersion ?? 0]));
    const changes: messages.Change[] = [
      ...changed.map((service) => changeOf('update', 'service', service, { version: service.meta.version })),
      ...remove.map(({ id, meta }) => ({ op: 'remove' as const, kind: 'service', id, version: meta.version })),
    ];
    if (changes.length === 0) return { changed, removed: remove, services, version: 0 };
    try {
      const { version } = await client.apply(changes, { reason, ...said });
      for (const { id } of changed) services.set(id, version);
      return { changed, removed: remove, services, version };
    } catch (error) {
      if (!isStoreError(error, 'SEQUENCE_CONFLICT') || attempt === attempts) throw error;
    }
  }
}
