import type { AuditEntry } from './chain.js';

/** Place where lines of an audit go. */
export interface AuditSink {
  /** Adds a line. Returns at once: it is written soon. */
  note(entry: AuditEntry): void;
  /** Throws `AUDIT_BLOCKED` when a write must not be taken: the audit is strict, and cannot be written. */
  mustBeWritable(): void;
}
