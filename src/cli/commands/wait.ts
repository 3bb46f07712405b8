import { type Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../../base/clock.js';
import { isStoreError, StoreError } from '../../base/store-error.js';
import type { Client } from '../../client/index.js';
import { foldName, type StoredObject } from '../../kinds/index.js';
import { time } from '../arguments.js';
import { type Context, withClient } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { fieldAt, parseAssignment, pathText } from '../object-path.js';
import { nameOf, splitReference } from '../objects.js';
import { printNames } from '../output.js';

/** A condition: `exists`, `gone`, or a field with its value. */
type Condition = (object: StoredObject | undefined) => boolean;

interface WaitFlags {
  readonly for: readonly { readonly text: string; readonly holds: Condition }[];
  /** Milliseconds. */
  readonly limit?: number;
}

/** `skep wait KIND/ID --for FIELD=VALUE` */
export function addWait(program: Command, context: Context, exit: (code: number) => void): void {
  const { streams, signal, clock = systemClock } = context;
  program
    .command('wait')
    .argument('<kind/id>', 'such as service/web: complete id or name; it need not be there yet')
    .requiredOption(
      '--for <condition>',
      'exists, gone, or FIELD=VALUE such as status.state=ready (repeatable: all must hold)',
      condition,
    )
    .option('--limit <time>', 'exit with 124 when it takes longer, such as 30s or 5m (default: no limit)', time)
    .description('wait until an object is as told')
    .action(async (reference: string, { for: conditions, limit }: WaitFlags, command: Command) => {
      const late = new AbortController();
      const cancel = limit === undefined ? undefined : clock.schedule(limit, () => late.abort());
      try {
        const wait = async (client: Client) => {
          const { kind, id } = await splitReference(client, reference);
          const stop = AbortSignal.any([signal, late.signal]);
          const holds: Condition = (object) => conditions.every((one) => one.holds(object));
          return { kind, id, found: await waitFor(client, { kind, id, holds, signal: stop }) };
        };
        await withClient(
          command,
          context,
          async (client, { output }) => {
            const { kind, id, found } = await wait(client);
            if (found) printNames(streams, output, [{ kind, id: found.id }], (one) => `${one.kind}/${one.id}`);
            else if (late.signal.aborted) {
              const texts = conditions.map(({ text }) => text).join(', ');
              streams.err(`skep: ${kind} "${id}" is not as told in time: ${texts}\n`);
              exit(exitCodes.timeout);
            }
          },
          { waitForEnd: true },
        );
      } finally {
        cancel?.();
      }
    });
}

interface Awaited {
  readonly kind: string;
  readonly id: string;
  readonly holds: Condition;
  readonly signal: AbortSignal;
}

/** Resolves with the object as soon as the condition holds, or its id when it is gone; `undefined` when the signal ends it. */
async function waitFor(client: Client, { kind, id, holds, signal }: Awaited): Promise<{ id: string } | undefined> {
  const isMeant = (object: StoredObject) =>
    object.id === id || foldName(nameOf(kind, object)) === foldName(id) && id !== ''; // prettier-ignore
  let current = new Map<string, StoredObject>();
  let complete = false;
  for await (const message of client.messages({ selectors: [{ kind }], snapshot: true, signal })) {
    if (message.type === 'snapshot')
      for (const { object } of message.objects) if (isMeant(object)) current.set(object.id, object);
    if (message.type === 'synced') complete = true;
    if (message.type === 'resync') {
      current = new Map();
      complete = false;
    }
    if (message.type === 'transaction') {
      for (const { action, object } of message.events) {
        if (action === 'delete' || !isMeant(object)) current.delete(object.id);
        else current.set(object.id, object);
      }
    }
    if (!complete || message.type === 'bookmark') continue;
    if (current.size > 1) throw new StoreError('INVALID_OBJECT', `"${id}" matches more than one ${kind}; give the id`);
    const [object] = current.values();
    if (holds(object)) return object ?? { id };
  }
  return undefined;
}

function condition(text: string, before: WaitFlags['for'] = []): WaitFlags['for'] {
  if (text === 'exists') return [...before, { text, holds: (object) => object !== undefined }];
  if (text === 'gone') return [...before, { text, holds: (object) => object === undefined }];
  try {
    const { path, value, loose } = parseAssignment(text);
    const wanted = new Set([JSON.stringify(value), ...(loose === undefined ? [] : [JSON.stringify(loose)])]);
    const holds: Condition = (object) => wanted.has(JSON.stringify(fieldAt(object, path)));
    return [...before, { text: `${pathText(path)}=${loose ?? String(value)}`, holds }];
  } catch (error) {
    if (!isStoreError(error)) throw error;
    throw new InvalidArgumentError('Give exists, gone, or FIELD=VALUE.');
  }
}
