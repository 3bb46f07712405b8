import type { Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { pause } from '../base/waiting.js';
import { type Access, certificateTimes } from '../client/index.js';
import { type LoginContext, readContext } from './login-context.js';
import { dueAt, freshContext } from './renewal.js';

/** Shortest and longest wait before the next look at the certificate, milliseconds. */
const againMs = 5 * 60_000;
const dayMs = 24 * 3_600_000;

interface Keeping {
  /** Identity of the client in use: it gets each new certificate. */
  readonly access: Access;
  /** Folder of the contexts. */
  readonly dir: string;
  /** Members to ask. */
  readonly hosts: readonly string[];
  readonly clock: Clock;
  /** Says something to the user. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Renews the certificate of a command that runs for long, or takes the one that another command got. Runs until the signal aborts. */
export async function keepLogin(context: LoginContext, { access, signal, ...renewing }: Keeping): Promise<void> {
  const { clock, dir, say } = renewing;
  let current = context;
  let failing = false;
  for (;;) {
    const due = dueAt(current.certificate, certificateTimes(current.certificate)) - clock.now();
    await pause(clock, Math.min(dayMs, Math.max(againMs, due)), signal);
    if (signal.aborted) return;
    try {
      const stored = await readContext(dir, current.name);
      // Another login may have taken the name of the context: this command goes on as who it was.
      const same = stored.identity === context.identity && stored.domain === context.domain;
      const next = await freshContext(same ? stored : current, { ...renewing, keep: same });
      if (next.certificate !== current.certificate) access.renew(next);
      current = next;
      failing = false;
    } catch (error) {
      if (!failing) say(messageOf(error)); // once, however long it lasts
      failing = true;
    }
  }
}
