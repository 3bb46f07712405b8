import type { Cancel, Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { AuditEntry, AuditHead } from '../audit/index.js';
import { anchors, EventCommit } from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import { type TransactionRecord, watch } from '../state/index.js';
import type { AuditLog } from './audit-log.js';

/** Time between two anchors, milliseconds. */
const anchorMs = 60_000;
/** Most ids that a line names for one kind and action; the number of the others follows. */
const idsMax = 100;

interface Options {
  readonly log: AuditLog;
  readonly replica: Replica;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Newest version that the audit has a line of. */
  readonly after: number | undefined;
  /** Stores the head in the cluster, wherever the leader is. */
  readonly anchor: (head: AuditHead) => Promise<void>;
}

/** Follows the store of a member: a line for every transaction, and the head of the chain in the store each minute. */
export class MemberAudit {
  readonly #options: Options;
  /** Newest version that has a line. */
  #version: number;
  /** Head that the cluster has, or that only differs from it by lines about anchors. */
  #anchored = '';
  #news = true;
  #timer: Cancel = () => undefined;
  #stop: Cancel = () => undefined;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
    this.#version = options.after ?? options.replica.store.version;
    this.#follow();
    this.#schedule();
  }

  /** Stores the last head, and ends. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer();
    this.#stop();
    await this.#options.log.close();
  }

  /** Follows from what has a line. A state that came as a whole begins anew: what its history does not have is a gap. */
  #follow(): void {
    if (this.#closed) return;
    const { replica, logger } = this.#options;
    const events = watch(replica.store.queue, EventCommit()).subscribe({
      next: ({ version }) => this.#upTo(version),
      error: (error: unknown) => {
        logger.debug('the audit follows the state anew', { error: messageOf(error) });
        this.#follow();
      },
    });
    this.#stop = () => events.unsubscribe();
    this.#upTo(replica.store.version);
  }

  #upTo(version: number): void {
    const { replica, log } = this.#options;
    if (version < this.#version) this.#version = version; // another state took the place of everything
    let missing = 0;
    for (let next = this.#version + 1; next <= version; next++) {
      const record = replica.store.transaction(next);
      if (!record) {
        missing = missing || next;
        continue;
      }
      if (missing > 0) log.note({ event: 'gap', from: missing, to: next - 1 });
      missing = 0;
      log.note(entryOf(record));
      if (!record.events.every(({ kind }) => (kind as string) === anchors.name)) this.#news = true;
    }
    if (missing > 0) log.note({ event: 'gap', from: missing, to: version });
    this.#version = version;
  }

  #schedule(): void {
    const { clock, logger } = this.#options;
    this.#timer = clock.schedule(anchorMs, () => {
      this.#anchor()
        .catch((error: unknown) => logger.warn('the head of the audit was not stored', { error: messageOf(error) }))
        .finally(() => {
          if (!this.#closed) this.#schedule();
        });
    });
  }

  async #anchor(): Promise<void> {
    const { head } = this.#options.log;
    if (!this.#news || head.hash === this.#anchored) return;
    this.#news = false;
    try {
      await this.#options.anchor(head);
      this.#anchored = head.hash;
    } catch (error) {
      this.#news = true;
      throw error;
    }
  }
}

/** Facts of a transaction: who wrote what, and why. Never what is in the objects. */
function entryOf({ version, actor, reason, events }: TransactionRecord): AuditEntry {
  const changes: Record<string, string[]> = {};
  const more: Record<string, number> = {};
  for (const { action, kind, object } of events) {
    const key = `${action} ${kind}`;
    const ids = (changes[key] ??= []);
    if (ids.length < idsMax) ids.push(object.id);
    else more[key] = (more[key] ?? 0) + 1;
  }
  return {
    event: 'write',
    version,
    ...(actor !== undefined && actor !== '' && { actor }),
    ...(reason !== undefined && reason !== '' && { reason }),
    changes,
    ...(Object.keys(more).length > 0 && { more }),
  };
}
