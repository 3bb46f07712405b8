import { Client, Metadata } from '@grpc/grpc-js';
import { methodOf } from './definitions.js';
import { unverified } from './dialing.js';

/** Header of an answer: the clock of the server, milliseconds since the epoch. For messages to people, and never believed. */
export const timeKey = 'skep-time';

/** Limit for the answer, milliseconds. */
const askMs = 1_000;

/** Asks what the clock of a server says, without trust. `undefined` where none answers, or it does not say. */
export function serverTime(addr: string): Promise<number | undefined> {
  const client = new Client(`dns:${addr}`, unverified.credentials(), {
    ...unverified.options,
    'grpc.enable_http_proxy': 0,
    'grpc.enable_retries': 0,
  });
  const { path, requestSerialize } = methodOf('access', 'WhoAmI');
  const asIs = (bytes: Buffer) => bytes;
  return new Promise<number | undefined>((resolve) => {
    const deadline = Date.now() + askMs;
    const done = () => resolve(undefined); // after the header, where there is one
    const call = client.makeUnaryRequest(path, asIs, asIs, requestSerialize({}), new Metadata(), { deadline }, done);
    call.on('metadata', (metadata) => {
      const [said] = metadata.get(timeKey);
      const time = Number(said);
      resolve(said !== undefined && Number.isSafeInteger(time) && time > 0 ? time : undefined);
    });
  }).finally(() => client.close());
}

const minuteMs = 60_000;

/** Compares two clocks for people: `this clock is 3 h 2 min behind`; `undefined` where they agree to the minute. */
export function clockDifference(here: number, there: number): string | undefined {
  const minutes = Math.round(Math.abs(here - there) / minuteMs);
  if (minutes === 0) return undefined;
  const parts = [
    [Math.floor(minutes / 1_440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'min'],
  ] as const;
  const text = parts.flatMap(([count, unit]) => (count > 0 ? [`${count} ${unit}`] : [])).slice(0, 2);
  return `this clock is ${text.join(' ')} ${here < there ? 'behind' : 'ahead'}`;
}
