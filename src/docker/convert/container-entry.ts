import type { Container } from '../../fleet/index.js';
import { statusText } from '../status-text.js';
import { reachablePorts } from './addresses.js';

/** Entry of `GET /containers/json`: the engine's, with names of the cluster, reachable addresses, and a status as of `now`. */
export function containerEntry(container: Container, now: number): Record<string, unknown> {
  const { engine, summary, state } = container;
  return {
    ...summary,
    Names: summary.Names.map((name) => `/${engine.name}${name.startsWith('/') ? name : `/${name}`}`),
    Ports: reachablePorts(summary.Ports, engine),
    State: state.status === '' ? summary.State : state.status,
    Status: engine.state === 'healthy' ? statusText(state, now, summary.Status) : 'Host Down',
  };
}

/** True for what `docker ps` shows without `--all`. */
export function isUp({ engine, state }: Container): boolean {
  return engine.state === 'healthy' && ['running', 'paused', 'restarting'].includes(state.status);
}
