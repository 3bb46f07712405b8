import { addressRule, isAddress } from '../base/host-port.js';
import { isIP } from '../base/ip.js';
import { parseListen } from '../base/listen-address.js';
import { isMemberName, memberNameRule } from '../base/names.js';

/** Type of an option of the library. */
export interface OptionType<T> {
  /** Returns the problem with a value as a sentence about `name`, or `undefined`. */
  readonly wrong: (value: unknown, name: string) => string | undefined;
  /** Never there: it carries the type. */
  readonly of?: T;
}

/** Type of a setting that is also text: a flag, an environment variable, a line of a file. */
export interface ValueType<T> extends OptionType<T> {
  /** Form in a YAML file. */
  readonly form: 'text' | 'number' | 'switch' | 'list';
  /** Reads a flag or an environment variable. Throws an `Error` that states the rule. */
  readonly read: (text: string) => T;
  /** Type of the items of a list. */
  readonly item?: ValueType<unknown>;
}

/** An option that is checked where it is used, and that only a program can give. */
export function unchecked<T>(): OptionType<T> {
  return { wrong: () => undefined };
}

function textWith(valid: (text: string) => boolean, rule: string, wrong = plainly(rule)): ValueType<string> {
  return {
    form: 'text',
    read: (text) => (valid(text) ? text : refuse(rule)),
    wrong: (value, name) => (typeof value === 'string' && valid(value) ? undefined : wrong(value, name)),
  };
}

export const memberName = textWith(isMemberName, memberNameRule);

export const address = textWith(
  isAddress,
  'an address is HOST:PORT',
  (value, name) => `${name}: ${addressRule(value)}`,
);

export const ipAddress = textWith((text) => isIP(text) !== 0, 'an address of this computer is needed, such as 0.0.0.0');

export const path = textWith(() => true, 'a path is text');

export const listenAddress = textWith(isListenAddress, 'a place to listen is tcp://HOST:PORT or unix:///PATH');

function isListenAddress(text: string): boolean {
  try {
    parseListen(text);
    return true;
  } catch {
    return false;
  }
}

export const discoveryUrl = textWith((text) => text !== '', 'a discovery URL must not be empty');

export const hostName = textWith(
  (text) => /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i.test(text),
  'a host name has letters, digits, dots and dashes',
);

export const origin = textWith(isOrigin, 'an origin is http://HOST or https://HOST, with a port where it has one');

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

export const nodeName = textWith((text) => text !== '', 'the name of a node must not be empty');

export function oneOf(words: readonly string[], what: string): ValueType<string> {
  return textWith((text) => words.includes(text), `known ${what} are ${words.join(', ')}`);
}

/** A number above 0. As text it is whole. */
export const positive: ValueType<number> = {
  form: 'number',
  read(text) {
    const number = Number(text);
    return /^\d+$/.test(text) && Number.isSafeInteger(number) && number >= 1
      ? number
      : refuse('a whole number from 1 is needed');
  },
  wrong: (value, name) =>
    Number.isFinite(value) && (value as number) > 0 ? undefined : `${name} must be a positive number`,
};

export const wholeFrom0: OptionType<number> = {
  wrong: (value, name) =>
    Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : `${name} must be a whole number from 0`,
};

const booleans: Readonly<Record<string, boolean>> = { true: true, 1: true, false: false, 0: false };

export const onOff: ValueType<boolean> = {
  form: 'switch',
  read: (text) => booleans[text.toLowerCase()] ?? refuse('true or false is needed'),
  wrong: (value, name) => (typeof value === 'boolean' ? undefined : `${name} must be true or false`),
};

/** A list. As text its items are separated by commas. */
export function listOf<T>(item: ValueType<T>, items: string): ValueType<readonly T[]> {
  return {
    form: 'list',
    item,
    read: (text) => text.split(',').map((one) => item.read(one.trim())),
    wrong: (value, name) =>
      Array.isArray(value)
        ? value.map((one) => item.wrong(one, name)).find((problem) => problem !== undefined)
        : `${name} is a list of ${items}`,
  };
}

/** Options of a discovery service: `key=value` each. */
export const discoveryOptions = listOf(
  textWith((text) => text.indexOf('=') > 0, 'an option is key=value'),
  'options',
);

/** One address, or several that are tried in turn. */
export const oneOrMoreAddresses: OptionType<string | readonly string[]> = {
  wrong(value, name) {
    if (!Array.isArray(value)) return address.wrong(value, name);
    if (value.length === 0) return `${name}: leave it out, or name at least one address`;
    return listOf(address, 'addresses').wrong(value, name);
  },
};

function plainly(rule: string) {
  return (value: unknown, name: string) => `${name}: ${rule}, is ${JSON.stringify(value)}`;
}

function refuse(rule: string): never {
  throw new RangeError(rule);
}
