import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/log.js';
import type { Random } from '../../base/random.js';
import type { Client, messages } from '../../client/index.js';
import type { WatchableStore } from '../../state/index.js';
import type { EngineInfo, EnginePing } from '../engine/types.js';

/** Options of a call of an engine. */
interface CallOptions {
  readonly signal?: AbortSignal;
}

/** Connection to an engine, as far as a session needs it. A `DockerClient` is one. */
export interface EngineLink {
  /** Asks for a sign of life; rejects within 5 s without one. */
  ping(options?: CallOptions): Promise<Pick<EnginePing, 'apiVersion'>>;
  /** Reads id, size and name of the engine. */
  info(options?: CallOptions): Promise<EngineInfo>;
  /** Ends all calls. */
  close(): void;
}

/** Status of a task as a driver has seen it. */
export type TaskUpdate = messages.TaskReport;

/** An engine to be driven. */
export interface Driving<L extends EngineLink> {
  readonly link: L;
  /** Node that stands for the engine. */
  readonly nodeId: string;
  /** Tells whether the lock is still held, by the clock of this moment: to be asked before each change of the engine. */
  readonly holds: () => boolean;
  /** Hands over a new status of a task. It is sent in a batch, until it is stored or refused. */
  readonly report: (update: TaskUpdate) => void;
}

/**
 * Drives an engine until `signal` aborts: makes its containers those of the node's tasks. Resolves when nothing of it is under
 * way any more, within 5 s after the abort.
 */
export type DriveEngine<L extends EngineLink> = (driving: Driving<L>, signal: AbortSignal) => Promise<void>;

/** The part of a client that a session needs. */
export type SessionClient = Pick<
  Client,
  'create' | 'update' | 'apply' | 'grantLease' | 'keepAlive' | 'revokeLease' | 'reportEngine'
>;

/** Ports of all parts of a session. */
export interface SessionPorts {
  /** Client of the cluster. */
  readonly client: SessionClient;
  /** Store of this member. */
  readonly store: WatchableStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}
