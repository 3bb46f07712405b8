import { ApiError } from '../answers.js';
import type { Handler, Route } from '../router.js';

const refuse: Handler = () => {
  throw new ApiError(501, 'Not supported in clustering mode.');
};

/** `docker inspect` asks for one kind after another, and stops at any answer but 404. */
const noPlugin: Handler = (x) => {
  throw new ApiError(404, `plugin "${x.name}" not found`);
};

/** Calls of an engine that a cluster of engines cannot answer. */
export const unsupportedRoutes: readonly Route[] = [
  ['GET', '/images/viz', refuse],
  ['GET', '/plugins/{name}/json', noPlugin],
  ['GET', '/plugins', refuse],
  ...['swarm', 'nodes', 'services', 'tasks', 'secrets', 'configs'].map((kind): Route => ['GET', `/${kind}`, refuse]),
  ...['nodes', 'services', 'tasks', 'secrets', 'configs'].map((kind): Route => ['GET', `/${kind}/{name}`, refuse]),
  ...['swarm/init', 'swarm/join', 'swarm/leave', 'swarm/update', 'swarm/unlock'].map((path): Route => [
    'POST',
    `/${path}`,
    refuse,
  ]),
  ...['services', 'secrets', 'configs'].map((kind): Route => ['POST', `/${kind}/create`, refuse]),
  ['GET', '/containers/{name}/attach/ws', refuse],
];
