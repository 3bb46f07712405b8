import type { CallOptions } from './calls.js';
import { filtersText, segment } from './query.js';
import { defined } from './system-calls.js';
import type { CreatedNetwork, CreateNetworkBody, Filters, NetworkInfo } from './types.js';
import { VolumeCalls } from './volume-calls.js';

/** Calls about networks. */
export class NetworkCalls extends VolumeCalls {
  /** Lists networks. */
  async listNetworks(options: CallOptions & { readonly filters?: Filters } = {}): Promise<NetworkInfo[]> {
    const call = {
      query: { filters: filtersText(options.filters) },
      timeoutMs: this.timeouts.readMs,
      ...defined(options),
    };
    return (await this.json<NetworkInfo[] | null>('GET', '/networks', call)) ?? [];
  }

  /**
   * Creates a network.
   * @throws {EngineError} `CONFLICT`: a network has the name, and `CheckDuplicate` was asked for.
   */
  async createNetwork(network: CreateNetworkBody, options: CallOptions = {}): Promise<CreatedNetwork> {
    const call = { json: network, timeoutMs: this.timeouts.createMs, ...defined(options) };
    return this.json('POST', '/networks/create', call);
  }

  /** Reads everything about a network, by id or name. */
  async inspectNetwork(
    id: string,
    options: CallOptions & { readonly verbose?: boolean; readonly scope?: string } = {},
  ): Promise<NetworkInfo> {
    const query = { verbose: options.verbose, scope: options.scope };
    return this.json('GET', at(id), { query, timeoutMs: this.timeouts.readMs, ...defined(options) });
  }

  /**
   * Removes a network.
   * @throws {EngineError} `FORBIDDEN`: containers are connected, or the network is one of the engine's.
   */
  async removeNetwork(id: string, options: CallOptions = {}): Promise<void> {
    await this.answer('DELETE', at(id), { timeoutMs: this.timeouts.removeMs, ...defined(options) });
  }

  /** Connects a container to a network. @param endpoint Settings of this connection: aliases, addresses. */
  async connectNetwork(
    id: string,
    container: string,
    endpoint?: Readonly<Record<string, unknown>>,
    options: CallOptions = {},
  ): Promise<void> {
    const json = { Container: container, ...(endpoint && { EndpointConfig: endpoint }) };
    const call = { json, timeoutMs: this.timeouts.changeMs, ...defined(options) };
    await this.answer('POST', `${at(id)}/connect`, call);
  }

  /** Ends the connection of a container to a network. `force` also when the container is gone. */
  async disconnectNetwork(
    id: string,
    container: string,
    options: CallOptions & { readonly force?: boolean } = {},
  ): Promise<void> {
    const json = { Container: container, Force: options.force ?? false };
    const call = { json, timeoutMs: this.timeouts.changeMs, ...defined(options) };
    await this.answer('POST', `${at(id)}/disconnect`, call);
  }
}

const at = (id: string) => `/networks/${segment('network', id)}`;
