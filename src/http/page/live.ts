import type { StreamPlaceShape, StreamTransactionShape } from '../shapes.js';

/** State of the stream of changes. */
export type Connection = 'connecting' | 'live' | 'lost';

type Listener = (transaction: StreamTransactionShape | 'resync') => void;

const listeners = new Set<Listener>();
const watchers = new Set<() => void>();
let connection: Connection = 'connecting';
let member = '';

function moved(next: Connection): void {
  if (next === connection) return;
  connection = next;
  for (const run of watchers) run();
}

const read = <T>(event: Event) => JSON.parse((event as MessageEvent<string>).data) as T;

/** Opens the one stream that the whole page shares. The browser resumes it by itself, behind the last event. */
export function openStream(): void {
  const source = new EventSource('/api/events');
  const tell = (said: StreamTransactionShape | 'resync') => {
    for (const listener of listeners) listener(said);
  };
  const begin = (event: Event) => {
    member = read<StreamPlaceShape>(event).member;
    moved('live');
    tell('resync'); // objects may have changed while there was no stream
  };
  source.addEventListener('ready', begin);
  source.addEventListener('resync', begin);
  source.addEventListener('transaction', (event) => tell(read<StreamTransactionShape>(event)));
  source.addEventListener('error', () => {
    moved('lost');
    if (source.readyState !== EventSource.CLOSED) return;
    source.close(); // an answer that is no stream: the browser gives up, this page does not
    setTimeout(openStream, 2_000);
  });
}

/** Calls `listener` with every transaction, and with `resync` when everything must be read again. */
export function onChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Calls `run` when the state of the stream changes. */
export function onConnection(run: () => void): () => void {
  watchers.add(run);
  return () => void watchers.delete(run);
}

export const connectionNow = (): { state: Connection; member: string } => ({ state: connection, member });
