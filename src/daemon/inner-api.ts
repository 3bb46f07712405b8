import type { LocalApi } from '../base/local-api.js';
import type { ApiServer } from '../api/index.js';
import type { Replica } from '../replica/index.js';

/** The API of a member that does not listen. It is loaded by the first call. */
export function innerApi(replica: Replica): { readonly api: LocalApi; close(): Promise<void> } {
  let loading: Promise<ApiServer> | undefined;
  const load = async () => {
    const { ApiServer: Loaded } = await import('../api/index.js');
    const server = new Loaded();
    server.serve(replica);
    return server;
  };
  return {
    api: { handlerOf: async (path) => (await (loading ??= load())).local.handlerOf(path) },
    close: async () => {
      await (await loading)?.close(0);
    },
  };
}
