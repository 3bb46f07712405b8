/**
 * Log of events, each with its facts. An error means a person should go and look; losing an election is an info.
 */
export interface Logger {
  /** Logs a detail for developers. */
  debug(message: string, facts?: Record<string, unknown>): void;
  /** Logs what happens in normal operation. */
  info(message: string, facts?: Record<string, unknown>): void;
  /** Logs what may need attention. */
  warn(message: string, facts?: Record<string, unknown>): void;
  /** Logs a failure. */
  error(message: string, facts?: Record<string, unknown>): void;
}

const nothing = () => undefined;

/** Logger that discards everything. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Default logger of a library: warnings and errors, on stderr. */
export const consoleLogger: Logger = {
  debug: nothing,
  info: nothing,
  // eslint-disable-next-line no-console -- the default sink of a library is the console
  warn: (message, facts) => console.warn(`skep: ${message}`, ...(facts ? [facts] : [])),
  // eslint-disable-next-line no-console -- the default sink of a library is the console
  error: (message, facts) => console.error(`skep: ${message}`, ...(facts ? [facts] : [])),
};
