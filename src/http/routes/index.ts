import { clusterRoutes } from './cluster.js';
import { coordinationRoutes } from './coordination.js';
import { historyRoutes } from './history.js';
import { objectRoutes } from './objects.js';
import type { JsonRoute } from './route.js';
import { serviceRoutes } from './services.js';

/** Every route that answers with JSON. */
export const jsonRoutes: readonly JsonRoute[] = [
  ...clusterRoutes,
  ...objectRoutes,
  ...historyRoutes,
  ...coordinationRoutes,
  ...serviceRoutes,
];

/** A route, and the parts of the path that stand for its `*`. */
export interface Found {
  readonly route: JsonRoute;
  readonly parts: readonly string[];
}

/** Finds the route of a path; `undefined` when there is none, or a part cannot be read. */
export function findRoute(path: string): Found | undefined {
  const given = path.split('/');
  for (const route of jsonRoutes) {
    const wanted = route.path.split('/');
    if (wanted.length !== given.length) continue;
    const parts: string[] = [];
    const fits = wanted.every((part, i) => part === given[i] || (part === '*' && take(parts, given[i] ?? '')));
    if (fits) return { route, parts };
  }
  return undefined;
}

function take(parts: string[], text: string): boolean {
  try {
    const part = decodeURIComponent(text);
    if (part === '') return false;
    parts.push(part);
    return true;
  } catch {
    return false; // half of a percent sign
  }
}
