import { messageOf } from '../base/errors.js';
import type { Reader } from './reader.js';

/** A file that a Compose file names. */
export interface NamedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Makes a path of the file absolute. */
export function absolutePath({ value }: Reader, path: string): string {
  const { files, folder } = value.origin.source;
  return files.absolute(path, folder);
}

/**
 * Reads the file that a text names.
 * @param name the part of the text that is the name; by default all of it.
 * @throws {ComposeError} when there is none.
 */
export function namedFile(reader: Reader, name = nameIn(reader)): NamedFile {
  return read(reader, name) ?? reader.fail(`there is no file "${absolutePath(reader, name)}"`);
}

/** Reads the file that a text names; `undefined` when there is none. */
export function namedFileIfThere(reader: Reader): NamedFile | undefined {
  return read(reader, nameIn(reader));
}

/** Decodes the text of a file that a value names. */
export function decoded(reader: Reader, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    return reader.fail(`names a file that is not UTF-8`, error);
  }
}

function nameIn(reader: Reader): string {
  const text = reader.text();
  return text === '' || text.includes('\0') ? reader.fail('must name a file') : text;
}

function read(reader: Reader, name: string): NamedFile | undefined {
  const path = absolutePath(reader, name);
  let bytes: Uint8Array | undefined;
  try {
    bytes = reader.value.origin.source.files.read(path);
  } catch (error) {
    reader.fail(`"${path}" cannot be read: ${messageOf(error)}`, error);
  }
  return bytes && { path, bytes };
}
