import { DecodeError } from './decode-error.js';
import { codecs } from './generated/codecs.js';
import type { Messages } from './generated/messages.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

/** Encoder and decoder of one message type. */
export interface MessageCodec<T> {
  readonly encode: (value: T) => Uint8Array;
  /** Frozen, in canonical form. Throws {@link DecodeError}. */
  readonly decode: (bytes: Uint8Array) => T;
}

const untyped = codecs as unknown as Record<
  keyof Messages,
  readonly [(writer: Writer, value: unknown) => void, (reader: Reader, end: number) => unknown]
>;

/** The writer of all messages; absent while one is written, and after an encoder threw. */
let spare: Writer | undefined;

/**
 * The codec of a message by its name in proto/. `T` may be a narrower type with the same fields. Reading a `request` counts
 * its items (`TooManyError`).
 */
export function messageCodec<T = never, N extends keyof Messages = keyof Messages>(
  name: N,
  options?: { readonly request?: boolean },
): MessageCodec<[T] extends [never] ? Messages[N] : T>;
// The body knows no message type: checking it against all of them takes the linter minutes.
export function messageCodec(name: keyof Messages, { request = false } = {}): MessageCodec<unknown> {
  const [encodeFields, decodeFields] = untyped[name];
  return {
    encode(value) {
      const writer = spare ?? new Writer();
      spare = undefined;
      encodeFields(writer, value);
      const bytes = writer.finish();
      spare = writer;
      return bytes;
    },
    decode(bytes) {
      try {
        return decodeFields(new Reader(bytes, request), bytes.length);
      } catch (error) {
        throw error instanceof DecodeError
          ? error
          : new DecodeError(`not a ${name}: ${(error as Error).message}`, { cause: error });
      }
    },
  };
}

/** Returns the length of a text in UTF-8 bytes. */
export function utf8Length(text: string): number {
  return Buffer.byteLength(text);
}
