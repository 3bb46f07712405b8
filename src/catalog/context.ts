import { AsyncLocalStorage } from 'node:async_hooks';
import type { CatalogAgent } from './agent.js';
import { localAgent } from './local.js';

/** Interface of a {@link CatalogAgent}, for custom implementations. */
export type Agent = Pick<CatalogAgent, keyof CatalogAgent>;

const agents = new AsyncLocalStorage<Agent>();

/** Runs `run`, and all that it begins, with `agent` as the one that {@link agentFromContext} gives. */
export function withAgent<T>(agent: Agent, run: () => T): T {
  return agents.run(agent, run);
}

/** The agent of the innermost {@link withAgent} around the caller; outside of any the {@link localAgent}. */
export function agentFromContext(): Agent {
  return agents.getStore() ?? localAgent();
}
