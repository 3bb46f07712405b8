import { type Random, systemRandom } from '../base/random.js';
import { newPeersSecret as newSecret } from '../identity/index.js';

/**
 * Makes the secret with which the first members of a cluster know each other: `peersSecret` of `openReplica`, the same for
 * each. It is worth as much as the key of the CA.
 */
export function newPeersSecret(random: Random = systemRandom): string {
  return newSecret(random).reveal();
}
