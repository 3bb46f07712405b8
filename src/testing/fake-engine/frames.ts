import { type Nano, parseMoment, rfc3339 } from './moment.js';

/** Output as Docker sends it without a terminal: stream, length, bytes. */
export function frame(fd: 1 | 2, text: string, tty: boolean): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (tty) return bytes;
  const framed = new Uint8Array(8 + bytes.length);
  framed[0] = fd;
  new DataView(framed.buffer).setUint32(4, bytes.length);
  framed.set(bytes, 8);
  return framed;
}

/** Part of a log that a client asks for. */
export interface LogQuery {
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly timestamps: boolean;
  readonly since: Nano | undefined;
  readonly until: Nano | undefined;
  /** Number of lines from the end; `undefined` for all. */
  readonly tail: number | undefined;
}

export function logQuery(query: URLSearchParams): LogQuery {
  const flag = (name: string) => /^(1|true)$/i.test(query.get(name) ?? '');
  const tail = Number(query.get('tail') || 'all');
  return {
    stdout: flag('stdout'),
    stderr: flag('stderr'),
    timestamps: flag('timestamps'),
    since: parseMoment(query.get('since') ?? undefined),
    until: parseMoment(query.get('until') ?? undefined),
    tail: Number.isNaN(tail) || tail < 0 ? undefined : tail,
  };
}

interface Line {
  readonly fd: 1 | 2;
  readonly nano: Nano;
  readonly text: string;
}

/** One line of output, as the query wants it; empty when it does not. */
export function logText({ fd, nano, text }: Line, query: LogQuery): string {
  if (!(fd === 1 ? query.stdout : query.stderr)) return '';
  if ((query.since !== undefined && nano < query.since) || (query.until !== undefined && nano > query.until)) return '';
  if (!query.timestamps) return text;
  // Docker writes all nine digits here.
  const [, head = '', digits = ''] = /^(.{19})(?:\.(\d+))?Z$/.exec(rfc3339(nano)) ?? [];
  return `${head}.${digits.padEnd(9, '0')}Z ${text}`;
}

/** The lines that the query asks for. The tail is taken before streams are picked, as Docker does. */
export function pickLines<L extends Line>(lines: readonly L[], query: LogQuery): readonly L[] {
  const whole = splitLines(lines);
  return query.tail === undefined ? whole : query.tail === 0 ? [] : whole.slice(-query.tail);
}

/** One entry a line, as a log file has it. */
function splitLines<L extends Line>(entries: readonly L[]): L[] {
  return entries.flatMap((entry) => (entry.text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((text) => ({ ...entry, text })));
}
