import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import type { Random } from '../../src/base/random.js';
import { allMethods, messageOf, type Method, pick, shapesOf } from './messages.js';

/** How long a call may take, and how long a stream that says nothing is listened to, milliseconds. */
const deadlineMs = 30_000;
const streamMs = 200;
/**
 * Time for a MiB of requests on top, milliseconds. Servers of grpc-js take 64 KiB of a stream at a time: each needs a turn of
 * both processes, so a MiB needs 16. Where others have most of the processor, that has taken 4 s.
 */
const mebibyteMs = 15_000;
/** Calls at a time. */
const callers = 8;

export interface Abuse {
  readonly messages: number;
  readonly methods: number;
  /** How calls ended, by the name of gRPC's code. */
  readonly codes: Readonly<Record<string, number>>;
  /** Calls that were not answered in time, and what they were. */
  readonly unanswered: readonly string[];
}

const asIs = (bytes: Buffer) => bytes;

/** Sends malformed and extreme requests to these addresses, method by method, until `signal`. */
export async function abuse(addrs: readonly string[], random: Random, signal: AbortSignal): Promise<Abuse> {
  const methods = allMethods();
  const clients = addrs.map((addr) => new Client(addr, credentials.createInsecure(), { 'grpc.max_send_message_length': -1, 'grpc.enable_http_proxy': 0 })); // prettier-ignore
  const codes: Record<string, number> = {};
  const unanswered: string[] = [];
  let sent = 0;
  const seen = new Set<string>();
  const caller = async () => {
    while (!signal.aborted) {
      const turn = sent++;
      const method = methods[turn % methods.length] as Method;
      const shape = pick(shapesOf(method), random);
      const bytes = Array.from({ length: method.requestStream ? 1 + random(3) : 1 }, () => messageOf(method.type, shape, random)); // prettier-ignore
      const code = await send(clients[random(clients.length)] as Client, method, bytes);
      seen.add(method.path);
      const name = status[code] ?? String(code);
      codes[name] = (codes[name] ?? 0) + 1;
      if (name === 'DEADLINE_EXCEEDED') unanswered.push(`${method.path} (${shape}, message ${turn})`);
    }
  };
  try {
    await Promise.all(Array.from({ length: callers }, caller));
  } finally {
    for (const client of clients) client.close();
  }
  return { messages: sent, methods: seen.size, codes, unanswered };
}

/** Resolves with the code; a stream that is open is cancelled after a moment, which counts as OK. */
function send(client: Client, method: Method, bytes: readonly Buffer[]): Promise<status> {
  return new Promise((resolve) => {
    const done = (error?: Partial<ServiceError> | null) => resolve(error?.code ?? status.OK);
    const size = bytes.reduce((sum, { length }) => sum + length, 0);
    const options = { deadline: Date.now() + deadlineMs + mebibyteMs * (size / 2 ** 20) };
    if (method.requestStream) {
      const call = client.makeClientStreamRequest(method.path, asIs, asIs, options, (error) => done(error));
      call.on('error', () => undefined);
      for (const one of bytes) call.write(one);
      call.end();
    } else if (method.responseStream) {
      const call = client.makeServerStreamRequest(method.path, asIs, asIs, bytes[0] as Buffer, options);
      const end = setTimeout(() => {
        done();
        call.cancel();
      }, streamMs);
      call.on('data', () => undefined);
      call.on('error', (error: Partial<ServiceError>) => (clearTimeout(end), done(error)));
      call.on('end', () => (clearTimeout(end), done()));
    } else client.makeUnaryRequest(method.path, asIs, asIs, bytes[0] as Buffer, options, (error) => done(error));
  });
}
