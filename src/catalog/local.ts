import { systemClock } from '../base/clock.js';
import { silentLogger } from '../base/log.js';
import { CatalogAgent } from './agent.js';
import { MemoryCatalogBackend } from './backends/memory.js';

let shared: CatalogAgent | undefined;

/**
 * The agent of this process, for when there is no discovery: it sees what is registered with it, asks no network, and
 * nothing expires. Always the same one, until it leaves; then the next one begins empty.
 */
export function localAgent(): CatalogAgent {
  if (!shared || shared.hasLeft) {
    const backend = new MemoryCatalogBackend({ clock: systemClock });
    shared = new CatalogAgent({ backend, agentId: 'local', ttlMs: 0, logger: silentLogger });
  }
  return shared;
}
