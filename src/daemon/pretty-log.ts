import { printable } from '../base/terminal.js';

/** Colours of levels and of details, as codes of terminals (ECMA-48 §8.3.117). */
const codes: Readonly<Record<string, string>> = { debug: '2', info: '32', warn: '33', error: '31', dim: '2' };

/** Fields that every line has in a place of its own. */
interface LogLine {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly member?: string;
  readonly [fact: string]: unknown;
}

/**
 * Writes one line of JSON, as {@link processLogger} makes them, for people: time of day, level, member, message and facts.
 * Nothing in it acts on a terminal but the colours.
 */
export function prettyLine(json: string, colour: boolean): string {
  const { level, time, msg, member, ...facts } = JSON.parse(json) as LogLine;
  const painted = (text: string, code = '') => (colour && code !== '' ? `\u001b[${code}m${text}\u001b[0m` : text);
  const details = Object.entries(facts).map(([name, value]) => `${printable(name)}=${valueText(value)}`);
  return `${[
    painted(timeOfDay(new Date(time)), codes.dim),
    painted(level.toUpperCase().padEnd(5), codes[level]),
    ...(member === undefined ? [] : [printable(member)]),
    printable(msg),
    ...(details.length === 0 ? [] : [painted(details.join(' '), codes.dim)]),
  ].join(' ')}\n`;
}

/** A word as it is; text with spaces or quotes, and everything else, as JSON. */
function valueText(value: unknown): string {
  return printable(typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value));
}

/** In the time zone of this computer. */
function timeOfDay(at: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const millis = String(at.getMilliseconds()).padStart(3, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${millis}`;
}
