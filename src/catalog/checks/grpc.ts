import type { IncomingHttpHeaders } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { onAbort } from '../../base/abort.js';
import { CatalogError } from '../errors.js';
import type { GrpcCheck, Probe } from './spec.js';

/** Statuses of `grpc.health.v1`, by number. */
export const servingStatuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;
/** Answer of a gRPC health check. */
export type ServingStatus = (typeof servingStatuses)[number];

/** Asks the server at `addr` for the health of `service`, '' being all of it. Rejects when there is no answer. */
export type AskGrpcHealth = (addr: string, service: string, signal: AbortSignal) => Promise<ServingStatus>;

export function grpcProbe({ addr, service = '' }: GrpcCheck, askHealth: AskGrpcHealth): Probe {
  return async ({ signal }) => {
    const said = await askHealth(addr, service, signal);
    return { status: said === 'SERVING' ? 'passing' : 'critical', note: `${addr} says ${said}` };
  };
}

const prefixBytes = 5;

/**
 * `Health/Check` without a gRPC library, in the clear: one request of HTTP/2 with a message of one text, whose answer
 * is a message of one number. For TLS or credentials, give the agent another {@link AskGrpcHealth}.
 */
export const askGrpcHealth: AskGrpcHealth = (addr, service, signal) =>
  new Promise((resolve, reject) => {
    const session = connect(`http://${addr}`);
    const end = () => session.destroy(new CatalogError('UNAVAILABLE', 'it was given up'));
    session.on('error', reject);
    session.on('close', onAbort(signal, end));
    request(session, service)
      .then(resolve, reject)
      .finally(() => session.destroy());
  });

function request(session: ClientHttp2Session, service: string): Promise<ServingStatus> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/grpc', te: 'trailers' };
    const stream = session.request({ ':method': 'POST', ':path': '/grpc.health.v1.Health/Check', ...headers });
    const parts: Buffer[] = [];
    let grpcStatus: string | undefined;
    let grpcMessage: string | undefined;
    const hear = (heard: IncomingHttpHeaders) => {
      grpcStatus ??= heard['grpc-status']?.toString();
      grpcMessage ??= heard['grpc-message']?.toString();
    };
    stream.on('response', hear);
    stream.on('trailers', hear);
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('error', reject);
    stream.on('close', () => {
      if (grpcStatus === '0') resolve(readHealth(Buffer.concat(parts)));
      // NOT_FOUND: a server that does not know the service.
      else if (grpcStatus === '5') resolve('SERVICE_UNKNOWN');
      else {
        const why = `gRPC status ${grpcStatus ?? 'missing'}: ${grpcMessage ?? 'no answer'}`;
        reject(new CatalogError('UNAVAILABLE', why));
      }
    });
    stream.end(healthRequest(service));
  });
}

/** `HealthCheckRequest { string service = 1 }`, in its frame. */
export function healthRequest(service: string): Buffer {
  const text = Buffer.from(service);
  const message = text.length === 0 ? text : Buffer.concat([Buffer.from([0x0a, ...varint(text.length)]), text]);
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** `HealthCheckResponse { ServingStatus status = 1 }`, in its frame; 0 is left out. */
export function readHealth(frame: Buffer): ServingStatus {
  const message = frame.subarray(prefixBytes);
  return servingStatuses[message[0] === 0x08 ? (message[1] ?? 0) : 0] ?? 'UNKNOWN';
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
