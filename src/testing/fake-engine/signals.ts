/** Numbers of the signals that a container may be sent. */
const numbers: Readonly<Record<string, number | undefined>> = {
  ...{ HUP: 1, INT: 2, QUIT: 3, ABRT: 6, KILL: 9, USR1: 10, SEGV: 11, USR2: 12, PIPE: 13, ALRM: 14, TERM: 15 },
  ...{ CHLD: 17, CONT: 18, STOP: 19, TSTP: 20, WINCH: 28 },
};

/** Reads a signal as Docker does: `KILL`, `SIGKILL`, `kill` or `9`; `undefined` when there is none. */
export function signalNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) > 0 && Number(text) < 65 ? Number(text) : undefined;
  return numbers[text.toUpperCase().replace(/^SIG/, '')];
}

/** Name of a signal without `SIG`, or its number. */
export const signalName = (wanted: number): string =>
  Object.entries(numbers).find(([, number]) => number === wanted)?.[0] ?? String(wanted);

/** Signals that do nothing unless a process asks for them. */
export const ignoredByDefault: readonly number[] = [17, 18, 28];
