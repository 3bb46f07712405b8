import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { StoreError } from '../../base/store-error.js';
import { type Context, withClient } from '../context.js';
import { UsageError } from '../exit-codes.js';
import { readObjects } from '../object-files.js';
import { findObject, splitReference } from '../objects.js';
import { printNames } from '../output.js';
import { yamlText } from '../yaml-text.js';

const editorDefault = 'vi';

/** `skep edit KIND/ID`: an object in an editor. */
export function addEdit(program: Command, context: Context): void {
  program
    .command('edit')
    .argument('<kind/id>', 'such as service/web: complete id or name')
    .description(
      'change an object in an editor (VISUAL, EDITOR or vi); refuses to overwrite what others wrote meanwhile',
    )
    .action(async (reference: string, _flags: object, command: Command) => {
      await withClient(
        command,
        context,
        async (client, { output }, said) => {
          const { kind, id: given } = await splitReference(client, reference);
          const current = await findObject(client, kind, given, { whole: true });
          const before = yamlText({ kind, ...current });
          const folder = await mkdtemp(join(tmpdir(), 'skep-edit-'));
          const file = join(folder, `${kind}.yaml`);
          await writeFile(file, before, { mode: 0o600 });
          const after = await edited(file, context);
          if (after === before) {
            await rm(folder, { recursive: true });
            context.streams.err('nothing changed\n');
            return;
          }
          try {
            const object = objectIn({ file, text: after }, { kind, id: current.id });
            const { id } = await client.update(kind, object, { ...said, version: current.meta.version });
            await rm(folder, { recursive: true });
            printNames(context.streams, output, [{ kind, id }], (one) => `${one.kind}/${one.id}`);
          } catch (error) {
            context.streams.err(`skep: your text is kept in ${file}\n`);
            throw error;
          }
        },
        { waitForEnd: true },
      );
    });
}

/** Runs the editor. Resolves with the text that it leaves. */
async function edited(file: string, { env }: Context): Promise<string> {
  const editor = env.VISUAL || env.EDITOR || editorDefault;
  // Editors are given with options, such as "code --wait".
  const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('close', resolve).once('error', reject),
  );
  if (code !== 0) throw new UsageError(`${editor} ended with ${code ?? 'a signal'}; nothing was written, see ${file}`);
  return readFile(file, 'utf8');
}

function objectIn(given: { file: string; text: string }, { kind, id }: { kind: string; id: string }): { id: string } {
  const [document, ...more] = readObjects(given) ?? [];
  if (!document || more.length > 0)
    throw new StoreError('INVALID_OBJECT', `${given.file}: leave one document with kind: ${kind}`);
  const { meta: _meta, ...object } = document.object;
  if (document.kind !== kind || object.id !== id)
    throw new StoreError(
      'INVALID_OBJECT',
      `${given.file}: kind and id cannot change; make another object with skep apply`,
    );
  return object as { id: string };
}
