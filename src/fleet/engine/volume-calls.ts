import type { CallOptions } from './calls.js';
import { ImageCalls } from './image-calls.js';
import { filtersText, segment } from './query.js';
import { defined } from './system-calls.js';
import type { CreateVolumeBody, Filters, VolumeInfo } from './types.js';

/** Calls about volumes. */
export class VolumeCalls extends ImageCalls {
  /** Lists volumes. */
  async listVolumes(options: CallOptions & { readonly filters?: Filters } = {}): Promise<VolumeInfo[]> {
    const call = {
      query: { filters: filtersText(options.filters) },
      timeoutMs: this.timeouts.readMs,
      ...defined(options),
    };
    return (await this.json<{ Volumes?: VolumeInfo[] | null }>('GET', '/volumes', call)).Volumes ?? [];
  }

  /** Creates a volume. One of the same name and driver that exists already is fine. */
  async createVolume(volume: CreateVolumeBody = {}, options: CallOptions = {}): Promise<VolumeInfo> {
    const call = { json: volume, timeoutMs: this.timeouts.createMs, ...defined(options) };
    return this.json('POST', '/volumes/create', call);
  }

  /** Reads everything about a volume, by name. */
  async inspectVolume(name: string, options: CallOptions = {}): Promise<VolumeInfo> {
    return this.json('GET', at(name), { timeoutMs: this.timeouts.readMs, ...defined(options) });
  }

  /** Removes a volume. @throws {EngineError} `CONFLICT`: a container uses it. */
  async removeVolume(name: string, options: CallOptions & { readonly force?: boolean } = {}): Promise<void> {
    const call = { query: { force: options.force }, timeoutMs: this.timeouts.removeMs, ...defined(options) };
    await this.answer('DELETE', at(name), call);
  }
}

const at = (name: string) => `/volumes/${segment('volume', name)}`;
