import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { LocalApi } from '../base/local-api.js';
import { StoreError } from '../base/store-error.js';

/** The methods of the API by their paths, for callers in this process. */
export class LocalHandlers implements LocalApi {
  readonly #handlers = new Map<string, unknown>();

  /** Adds the methods of a service. */
  add(definition: object, handlers: UntypedServiceImplementation): void {
    for (const [name, { path }] of Object.entries(definition) as [string, { readonly path: string }][])
      if (handlers[name]) this.#handlers.set(path, handlers[name]);
  }

  /** Returns a handler. @throws {StoreError} `NOT_SUPPORTED` */
  handlerOf(path: string): Promise<unknown> {
    const handler = this.#handlers.get(path);
    if (handler) return Promise.resolve(handler);
    return Promise.reject(new StoreError('NOT_SUPPORTED', `${path} cannot be called in this process`, { path }));
  }
}
