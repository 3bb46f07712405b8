/**
 * Judges data directories for the harness, in a process of its own: LevelDB ends the process at some damages, and the
 * process may have fewer rights than the one that made them. One question at a time, over the channel of `fork`.
 */
import { createHash } from 'node:crypto';
import process from 'node:process';
import { messageOf } from '../../src/base/errors.js';
import { silentLogger } from '../../src/base/log.js';
import { backupTools } from '../../src/daemon/backup.js';
import { diagnose } from '../../src/daemon/doctor.js';
import { openReplica } from '../../src/daemon/open-replica.js';

export type Question =
  | { readonly op: 'doctor'; readonly dir: string }
  | { readonly op: 'start'; readonly dir: string; readonly name: string }
  | { readonly op: 'restore'; readonly dir: string; readonly name: string; readonly file: string };

/** What a refusal says. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** What doctor found, or what a member holds after its start: equal when nothing was lost. */
export type Answer = Refusal | { readonly damaged: boolean; readonly holds: string };

async function answer(question: Question): Promise<Answer> {
  switch (question.op) {
    case 'doctor':
      return examine(question.dir);
    case 'start':
      return start(question.dir, question.name);
    case 'restore':
      await backupTools.restoreInto(question.file, question.dir, question.name);
      return { damaged: false, holds: '' };
  }
}

async function examine(dir: string): Promise<Answer> {
  const diagnosis = await diagnose(dir, new AbortController().signal);
  if (!diagnosis) return { code: 'NOBODY', message: 'there is no member' };
  const log = diagnosis.parts.find(({ part }) => part === 'log')?.details;
  return {
    damaged: diagnosis.verdict === 'damaged',
    holds: JSON.stringify({ ...diagnosis.member, chain: (log as { chain?: unknown } | null)?.chain }),
  };
}

async function start(dataDir: string, name: string): Promise<Answer> {
  const member = await openReplica({ name, dataDir, logger: silentLogger });
  try {
    const content = createHash('sha256').update(JSON.stringify(member.store.save())).digest('hex');
    const { term, lastIndex, version } = member.status();
    return { damaged: false, holds: JSON.stringify({ content, term, lastIndex, version }) };
  } finally {
    await member.close();
  }
}

process.on('message', (question: Question) => {
  answer(question)
    .catch((error: unknown): Answer => {
      const { code } = error as { code?: unknown };
      return { code: typeof code === 'string' ? code : '', message: messageOf(error) };
    })
    .then((found) => process.send?.(found))
    .catch(() => process.exit(1));
});
process.on('disconnect', () => process.exit(0));
