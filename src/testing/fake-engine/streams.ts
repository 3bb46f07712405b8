import type { FakeCall } from './call.js';
import type { Sink } from './container.js';
import { eventFilterNames, eventMatches, eventText } from './events.js';
import { FakeFilters } from './filters.js';
import { frame, logQuery, logText, pickLines } from './frames.js';
import { parseMoment } from './moment.js';
import { FakeEngineError } from './types.js';

const rawStream = 'application/vnd.docker.raw-stream';

/** `GET /events`: what is kept since then, then what happens, until then or until the client goes. */
export function events(call: FakeCall): void {
  const { engine, query } = call;
  const filters = FakeFilters.parse(query.get('filters'), eventFilterNames);
  const [since, until] = ['since', 'until'].map((name) => momentOf(query, name));
  const response = call.stream('application/json');
  const tell = (event: Parameters<typeof eventText>[0]) => {
    if (eventMatches(event, filters)) response.write(eventText(event));
  };
  for (const event of engine.events.between(since, until)) tell(event);
  const leftMs = until === undefined ? Infinity : Number(until / 1_000_000n) - engine.moments.nowMs();
  if (leftMs <= 0) return void response.end();
  const stopListening = engine.events.listen(tell);
  const stopWaiting =
    leftMs === Infinity ? () => undefined : engine.moments.clock.schedule(leftMs, () => response.end());
  call.onClose(() => {
    stopListening();
    stopWaiting();
  });
}

function momentOf(query: URLSearchParams, name: string) {
  const text = query.get(name) ?? '';
  const moment = parseMoment(text);
  if (text !== '' && text !== '0' && moment === undefined)
    throw new FakeEngineError(500, `strconv.ParseInt: parsing "${text}": invalid syntax`);
  return moment;
}

/** `GET /containers/ID/logs`. */
export function logs(call: FakeCall): void {
  const { engine, query } = call;
  const wanted = logQuery(query);
  if (!wanted.stdout && !wanted.stderr)
    throw new FakeEngineError(400, 'Bad parameters: you must choose at least one stream');
  const container = engine.containers.get(call.id);
  momentOf(query, 'since');
  momentOf(query, 'until');
  const tty = container.body.Tty ?? false;
  const response = call.stream(undefined);
  const tell = (line: Parameters<typeof logText>[0]) => {
    const text = logText(line, wanted);
    if (text !== '') response.write(frame(line.fd, text, tty));
  };
  for (const line of pickLines(container.log ?? [], wanted)) tell(line);
  if (!call.flag('follow') || !container.running) return void response.end();
  const stop = engine.containers.listen(container.id, {
    write: (fd, text) => tell({ fd, text, nano: engine.moments.next() }),
    end: () => response.end(),
  });
  call.onClose(stop);
}

/** `POST /containers/ID/wait`: the head leaves at once, the exit code when it is known. */
export function wait(call: FakeCall): void {
  const { engine, query } = call;
  const told = engine.containers.wait(call.id, query.get('condition'));
  const response = call.stream('application/json');
  void told.then((StatusCode) => response.end(`${JSON.stringify({ Error: null, StatusCode })}\n`));
}

/** The two ends of a hijacked connection, as seen by a container or an exec. */
export interface Terminal extends Sink {
  /** Hears what the client sends, and its end. */
  onInput(chunk: (text: string) => void, end: () => void): void;
  onGone(run: () => void): void;
}

/** `POST /containers/ID/attach`. */
export function attach(call: FakeCall, open: (type: string, tty: boolean) => Terminal): void {
  const { engine } = call;
  const container = engine.containers.attached(call.id);
  const terminal = open(rawStream, container.body.Tty ?? false);
  const wants = (fd: 1 | 2) => call.flag(fd === 1 ? 'stdout' : 'stderr');
  const write = (fd: 1 | 2, text: string) => void (wants(fd) && terminal.write(fd, text));
  if (call.flag('logs')) for (const { fd, text } of container.log ?? []) write(fd, text);
  if (!call.flag('stream')) return terminal.end();
  if (container.state === 'exited' || container.state === 'dead') return terminal.end();
  const stop = engine.containers.listen(container.id, { write, end: () => terminal.end() });
  terminal.onGone(stop);
  if (!call.flag('stdin')) return;
  engine.containers.onInput(container, terminal);
}

/** `POST /exec/ID/start`. */
export function execStart(call: FakeCall, open: (type: string, tty: boolean) => Terminal): void {
  const { engine } = call;
  const { Detach = false } = call.json<{ readonly Detach?: boolean }>();
  const exec = engine.execs.get(call.id);
  if (Detach) {
    engine.execs.start(call.id, { write: () => undefined, end: () => undefined });
    return call.send(200);
  }
  const { AttachStdin, AttachStdout, AttachStderr, Tty = false } = exec.body;
  const terminal = open(rawStream, Tty);
  try {
    const write = (fd: 1 | 2, text: string) =>
      void ((fd === 1 ? AttachStdout : AttachStderr) && terminal.write(fd, text));
    const { process } = engine.execs.start(call.id, { write, end: () => terminal.end() });
    if (AttachStdin)
      terminal.onInput(
        (text) => process?.input(text),
        () => process?.endInput(),
      );
  } catch (error) {
    terminal.write(1, error instanceof Error ? error.message : String(error));
    terminal.end();
  }
}
