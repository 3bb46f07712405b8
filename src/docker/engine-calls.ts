import type { IncomingMessage } from 'node:http';
import type { EngineHandle, TransportRequest, Upgraded } from '../fleet/index.js';

/** Sends a request to an engine in the version that was agreed with it; any status is an answer. @throws {EngineError} */
export async function requestTo(
  { client }: EngineHandle,
  method: string,
  path: string,
  options: TransportRequest,
): Promise<IncomingMessage> {
  const version = await client.apiVersion(options.signal);
  return client.transport.request(method, `/v${version}${path}`, options);
}

/** The same for a request that turns the connection into a stream. A refusal is thrown, in the engine's words. */
export async function upgradeTo(
  { client }: EngineHandle,
  method: string,
  path: string,
  options: TransportRequest,
): Promise<Upgraded> {
  const version = await client.apiVersion(options.signal);
  return client.transport.upgrade(method, `/v${version}${path}`, options);
}
