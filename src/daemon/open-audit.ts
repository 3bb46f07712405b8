import { systemClock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { StoreError } from '../base/store-error.js';
import type { AuditHead } from '../audit/index.js';
import { anchors } from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import { Channel, type Dialing, methodOf } from '../rpc/index.js';
import { AuditLog } from './audit-log.js';
import { AuditFile, AuditOutput, lastVersionIn } from './audit-place.js';
import { MemberAudit } from './member-audit.js';

/** Time limit for the leader to store an anchor, milliseconds. */
const anchorTimeoutMs = 5_000;

/** Time between two attempts to let another member lead, milliseconds. */
const handOverMs = 30_000;

/** Audit of a member, from its first connection to its end. */
export class Audit {
  readonly log: AuditLog;
  readonly #path: string;
  readonly #member: { readonly id: number; readonly name: string };
  readonly #logger: Logger;
  #following: MemberAudit | undefined;
  #replica: Replica | undefined;
  #handedOverAt = -Infinity;

  constructor(
    { audit, auditStrict = false }: { readonly audit: string; readonly auditStrict?: boolean | undefined },
    member: { readonly id: number; readonly name: string },
    logger: Logger,
  ) {
    this.#path = audit;
    this.#member = member;
    this.#logger = logger;
    this.log = new AuditLog({
      place: audit === '-' ? new AuditOutput(process.stdout) : new AuditFile(audit),
      clock: systemClock,
      logger,
      strict: auditStrict,
      member: { member: String(member.id), name: member.name },
      blocked: () => this.#handOver(),
    });
  }

  /** Begins to write, when the state has been read. */
  async follow(replica: Replica, dialing: Dialing | undefined): Promise<void> {
    const { store } = replica;
    this.#replica = replica;
    const member = String(this.#member.id);
    const after = this.#path === '-' ? undefined : await lastVersionIn(this.#path);
    const anchor = this.#path === '-' ? undefined : store.view((tx) => tx.kind(anchors).get(member));
    await this.log.begin(anchor && { line: anchor.line, hash: anchor.hash });
    this.#following = new MemberAudit({
      log: this.log,
      replica,
      clock: systemClock,
      logger: this.#logger,
      after,
      anchor: (head) => putAnchor(replica, { member, ...head }, dialing),
    });
  }

  /**
   * Lets another member lead, whose audit can be written: this one takes no writes, and its loops make none. Where none can
   * lead, it goes on for readers.
   */
  #handOver(): void {
    const now = systemClock.monotonic();
    if (!this.#replica?.isLeader || now - this.#handedOverAt < handOverMs) return;
    this.#handedOverAt = now;
    this.#replica.transferLeadership().then(
      () => this.#logger.warn('another member leads, as the audit of this one cannot be written'),
      (error: unknown) =>
        this.#logger.warn('no other member leads, though the audit of this one cannot be written', {
          error: messageOf(error),
        }),
    );
  }

  async close(): Promise<void> {
    await (this.#following ?? this.log)
      .close()
      .catch((error: unknown) => this.#logger.error('the audit did not end well', { error: messageOf(error) }));
  }
}

/** Stores the head of a member's audit through the leader: here, or at its address. */
async function putAnchor(
  replica: Replica,
  anchor: AuditHead & { readonly member: string },
  dialing: Dialing | undefined,
): Promise<void> {
  const { member: id, line, hash } = anchor;
  const { leader } = replica.status();
  if (leader?.id === Number(id)) {
    await replica.store.update(
      (tx) => {
        if (tx.kind(anchors).get(id)) tx.kind(anchors).update({ id, line, hash });
        else tx.kind(anchors).create({ id, line, hash });
      },
      { actor: `member/${id}`, reason: 'head of the audit', timeoutMs: anchorTimeoutMs },
    );
    return;
  }
  const [addr] = leader?.addrs ?? [];
  if (addr === undefined) throw new StoreError('NOT_LEADER', 'no member leads at the moment');
  const channel = new Channel(addr, { ...(dialing && { dialing }) });
  try {
    await channel.unary(methodOf('access', 'Anchor'), anchor, { timeoutMs: anchorTimeoutMs });
  } finally {
    channel.close();
  }
}
