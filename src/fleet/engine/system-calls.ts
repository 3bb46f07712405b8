import { type CallOptions, Calls } from './calls.js';
import { EngineError } from './errors.js';
import type { EngineInfo, EnginePing, EngineVersion } from './types.js';

/** Calls about the engine itself. */
export class SystemCalls extends Calls {
  /**
   * Asks for a sign of life.
   * @throws {EngineError} `BAD_ANSWER` when what answers is no engine.
   */
  async ping(options: CallOptions = {}): Promise<EnginePing> {
    const call = { bare: true, timeoutMs: this.timeouts.pingMs, ...defined(options) };
    const { headers, body } = await this.answer('GET', '/_ping', call);
    const apiVersion = headers['api-version'];
    if (apiVersion === undefined && body.toString().trim() !== 'OK') {
      throw new EngineError('BAD_ANSWER', `what answers at ${this.engine} is no Docker engine; check the address`);
    }
    return { apiVersion: text(apiVersion), osType: text(headers['ostype']), server: text(headers['server']) };
  }

  /** Reads id, size, name and labels of the engine. */
  async info(options: CallOptions = {}): Promise<EngineInfo> {
    return this.json('GET', '/info', { timeoutMs: this.timeouts.readMs, ...defined(options) });
  }

  /** Reads the versions of the engine and of its API. */
  async version(options: CallOptions = {}): Promise<EngineVersion> {
    return this.json('GET', '/version', { timeoutMs: this.timeouts.readMs, ...defined(options) });
  }
}

/** Options that were given: `undefined` is no deadline. */
export function defined({ signal, timeoutMs }: CallOptions): CallOptions {
  return { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) };
}

const text = (header: string | string[] | undefined) => (Array.isArray(header) ? header[0] : header);
