import { createHash } from 'node:crypto';

const idLength = 25;

/** Id of the node that stands for a manager without an engine: the same, whichever manager is asked. */
export function memberNodeId(clusterId: string, memberId: string): string {
  const digest = createHash('sha256').update(`member ${clusterId} ${memberId}`).digest('hex');
  return BigInt(`0x${digest}`).toString(36).padStart(idLength, '0').slice(-idLength);
}
