import { ApiError } from './answers.js';
import type { Exchange } from './exchange.js';

export type Handler = (x: Exchange) => void | Promise<void>;

/**
 * One line of the table of the API: method, pattern, handler. `{name}` in a pattern stands for one or more parts of the
 * path (`node-1/web`), `{id}` for one. A line with `here` is answered by every manager that knows the cluster: its handler
 * hands on what is not of the cluster.
 */
export type Route = readonly [method: string, pattern: string, handler: Handler, where?: 'here'];

/** Handler of a request and the parts of the path that its pattern names, decoded. */
export interface Found {
  readonly handler: Handler;
  readonly params: readonly string[];
  /** True when every manager that knows the cluster answers it. */
  readonly here: boolean;
}

/** Finds routes; the first one in the table counts. */
export class Router {
  readonly #routes: readonly {
    readonly method: string;
    readonly path: RegExp;
    readonly handler: Handler;
    readonly here: boolean;
  }[];

  constructor(table: readonly Route[]) {
    this.#routes = table.map(([method, pattern, handler, where]) => ({
      method,
      path: compile(pattern),
      handler,
      here: where === 'here',
    }));
  }

  /** @throws {ApiError} 404 for what no handler serves, 400 for a path that is not percent-encoded as it should be. */
  find(method: string, path: string): Found {
    for (const route of this.#routes) {
      if (route.method !== method) continue;
      const match = route.path.exec(path);
      if (match) return { handler: route.handler, params: match.slice(1).map(decoded), here: route.here };
    }
    throw new ApiError(404, 'page not found');
  }

  /** Tells whether every manager that knows the cluster answers the request. */
  isHere(method: string, path: string): boolean {
    return this.#routes.find((route) => route.method === method && route.path.test(path))?.here ?? false;
  }
}

function compile(pattern: string): RegExp {
  const source = pattern.replaceAll('.', '\\.').replaceAll('{name}', '(.+)').replaceAll('{id}', '([^/]+)');
  return new RegExp(`^${source}$`);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new ApiError(400, `the path has ${JSON.stringify(part)}, which is not percent-encoded as it should be`, {
      cause,
    });
  }
}
