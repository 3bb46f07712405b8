import pino from 'pino';
import type { Logger } from '../base/log.js';
import { terminalSafe } from '../base/terminal.js';
import { UsageError } from '../cli/index.js';
import { logFormats } from '../settings/table.js';
import { prettyLine } from './pretty-log.js';

/** Standard error, or what stands for it. */
export interface LogStream {
  readonly isTTY?: boolean;
  /** Writes at once. */
  write(text: string): unknown;
}

export interface ProcessLogOptions {
  /** Name of the member, in every line. */
  readonly member?: string | undefined;
  /** One of {@link logFormats}; default `auto`. */
  readonly format?: string | undefined;
  /** For `NO_COLOR` and `TERM`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: standard error, written at once: a line about why the process ends must not be lost. */
  readonly stream?: LogStream | undefined;
}

/** Lines on stderr: for people on a terminal, JSON elsewhere, unless `format` says which. */
export function processLogger(level: string, options: ProcessLogOptions = {}): Logger {
  const { member, format = 'auto', env = {}, stream } = options;
  const isTerminal = stream ? stream.isTTY === true : process.stderr.isTTY;
  const pretty = format === 'pretty' || (format === 'auto' && isTerminal);
  const colour = isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';
  const log = pino(
    {
      level,
      base: member === undefined ? {} : { member },
      timestamp: pino.stdTimeFunctions.isoTime,
      hooks: { streamWrite: pretty ? (line) => prettyLine(line, colour) : terminalSafe },
      formatters: { level: (label) => ({ level: label }) }, // a word, not pino's number
    },
    stream ?? pino.destination({ dest: 2, sync: true }),
  );
  return {
    debug: (message, facts = {}) => log.debug(facts, message),
    info: (message, facts = {}) => log.info(facts, message),
    warn: (message, facts = {}) => log.warn(facts, message),
    error: (message, facts = {}) => log.error(facts, message),
  };
}

/** Log of a command that has no setting for the form: `SKEP_LOG_FORMAT` says which. */
export function commandLogger(level: string, env: Readonly<Record<string, string | undefined>>): Logger {
  const format = env.SKEP_LOG_FORMAT || undefined;
  if (format !== undefined && !logFormats.includes(format))
    throw new UsageError(`SKEP_LOG_FORMAT must be one of ${logFormats.join(', ')}, is "${format}"`);
  return processLogger(level, { format, env });
}
