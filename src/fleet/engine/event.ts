import { messageOf } from '../../base/errors.js';
import { SplitError } from './json-splitter.js';
import type { EngineEvent } from './types.js';

/** The longest event that is read, bytes. */
export const eventBytesMax = 1024 * 1024;

const nanoDigits = 9;

/**
 * Event of a text. `timeNano` keeps its digits: as a number of JavaScript it would lose the last three.
 * @throws {SplitError} for what is no event.
 */
export function parseEvent(text: string): EngineEvent {
  let parsed: EngineEvent;
  try {
    parsed = JSON.parse(text) as EngineEvent;
  } catch (cause) {
    throw new SplitError(`the event stream holds what is not JSON: ${messageOf(cause)}`, { cause });
  }
  const { timeNano: _rounded, ...event } = parsed;
  const timeNano = digitsOf(text, 'timeNano');
  return timeNano === undefined ? event : { ...event, timeNano };
}

/** Digits of a number that is a field of the outermost object: what labels hold is not looked at. */
export function digitsOf(text: string, field: string): string | undefined {
  const name = JSON.stringify(field);
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]/gs)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && token === name) {
      const after = text.slice(index + token.length, index + token.length + 64);
      const digits = /^\s*:\s*(\d+)/.exec(after)?.[1];
      if (digits !== undefined) return digits;
    }
  }
  return undefined;
}

/** Moment of an event in nanoseconds, as digits. Engines before 1.10 tell seconds only. */
export function timeOf({ timeNano, time }: EngineEvent): string | undefined {
  if (timeNano !== undefined) return timeNano;
  return time === undefined ? undefined : `${time}${'0'.repeat(nanoDigits)}`;
}

/** Nanoseconds as the query takes them: `SECONDS.NNNNNNNNN`. */
export function sinceText(timeNano: string): string {
  const padded = timeNano.padStart(nanoDigits + 1, '0');
  return `${padded.slice(0, -nanoDigits)}.${padded.slice(-nanoDigits)}`;
}

/** The same for two events only when they are one event, sent twice. */
export function keyOf(event: EngineEvent): string {
  const id = event.Actor?.ID ?? event.id ?? '';
  return JSON.stringify([timeOf(event), id, event.Type, event.Action ?? event.status]);
}
