import type { Metadata } from '@grpc/grpc-js';
import type { StoreErrorDetails } from '../base/store-error.js';
import { shortened } from '../base/text.js';

/**
 * Most characters of a text in a status or a header. Errors repeat what they were given, which may be long: a status travels
 * in headers, of which an HTTP/2 connection takes 16 KiB, and a character may take nine bytes there.
 */
export const errorCharactersMax = 256;

/** A text as it can be sent: grpc-js throws, in a place that has no guard, at one that cannot be encoded. */
export const sayable = (text: string) => shortened(text, errorCharactersMax);

/** Most names in one trailer, and most characters of each. */
const namesMax = 8;
const nameCharactersMax = 64;

/** One detail as a trailer. */
interface Trailer<T> {
  readonly key: string;
  readonly write: (value: T) => string;
  /** `undefined` for what no server of ours says. */
  readonly read: (text: string) => T | undefined;
}

type Trailers = { readonly [K in keyof StoreErrorDetails]-?: Trailer<NonNullable<StoreErrorDetails[K]>> };

/** The trailers of an error's details. A new detail does not compile until it is listed. */
const trailers: Trailers = {
  version: { key: 'skep-error-version', write: String, read: wholeNumber },
  path: { key: 'skep-error-path', write: encoded, read: decoded },
  leader: {
    key: 'skep-error-leader',
    write: ({ name, addr }) => [name, addr].map(encoded).join(),
    read: (text) => {
      const [name, addr] = text.split(',').map(decoded);
      return name === undefined || addr === undefined ? undefined : { name, addr };
    },
  },
  unreached: {
    key: 'skep-error-unreached',
    write: (names) =>
      names
        .slice(0, namesMax)
        .map((name) => encodeURIComponent(shortened(name, nameCharactersMax)))
        .join(),
    read: (text) => (text === '' ? [] : text.split(',').slice(0, namesMax).map(decoded)),
  },
  acknowledged: {
    key: 'skep-error-acknowledged',
    write: ({ term, index }) => `${term},${index}`,
    read: (text) => {
      const [term, index] = text.split(',').map(wholeNumber);
      return term === undefined || index === undefined ? undefined : { term, index };
    },
  },
};

const names = Object.keys(trailers) as (keyof StoreErrorDetails)[];

/** Adds the details of an error to its trailers. */
export function writeDetails(details: StoreErrorDetails, metadata: Metadata): void {
  for (const name of names) {
    const { key, write } = trailers[name] as Trailer<unknown>; // of the value of that name
    if (details[name] !== undefined) metadata.set(key, write(details[name]));
  }
}

/** Reads the details of an error from its trailers. A server may say anything: what makes no sense is left out. */
export function readDetails(metadata: Metadata | undefined): StoreErrorDetails {
  const read = (name: keyof StoreErrorDetails) => {
    const [said] = metadata?.get(trailers[name].key) ?? [];
    const value = said === undefined ? undefined : trailers[name].read(String(said));
    return value === undefined ? [] : [[name, value] as const];
  };
  return Object.fromEntries(names.flatMap(read));
}

function encoded(text: string): string {
  return encodeURIComponent(sayable(text));
}

/** As it is, when it is not percent-encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function wholeNumber(text: string): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}
