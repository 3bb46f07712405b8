import pino from 'pino';
import type { Logger } from '../base/log.js';
import { terminalSafe } from '../base/terminal.js';

/** Lines of JSON on stderr. Written at once: a line about why the process ends must not be lost. */
export function processLogger(level: string, member?: string): Logger {
  const log = pino(
    {
      level,
      base: member === undefined ? {} : { member },
      timestamp: pino.stdTimeFunctions.isoTime,
      hooks: { streamWrite: terminalSafe },
      formatters: { level: (label) => ({ level: label }) }, // a word, not pino's number
    },
    pino.destination({ dest: 2, sync: true }),
  );
  return {
    debug: (message, facts = {}) => log.debug(facts, message),
    info: (message, facts = {}) => log.info(facts, message),
    warn: (message, facts = {}) => log.warn(facts, message),
    error: (message, facts = {}) => log.error(facts, message),
  };
}
