import type { Client } from '../client/index.js';

/** Part of a client that coordination needs. A `Client` is one, and so is `replica.client()`. */
export type CoordinationClient = Pick<
  Client,
  'create' | 'apply' | 'list' | 'messages' | 'grantLease' | 'keepAlive' | 'revokeLease'
>;
