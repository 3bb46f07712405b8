import { configBytesMax } from '../kinds/config/schema.js';
import type { Driver } from '../kinds/index.js';
import { secretBytesMax } from '../kinds/secret/schema.js';
import { base64 } from './base64.js';
import { type External, externalOf } from './external.js';
import { namedFile } from './named-file.js';
import type { Reader } from './reader.js';

/** Secret or config of the file. Without an explicit name, its key is prefixed with the stack's name. */
export interface ComposeContent extends External {
  readonly key: string;
  readonly reader: Reader;
  readonly labels: Readonly<Record<string, string>>;
  /** Content as base64; empty for one that is external, or kept by a driver. */
  readonly data: string;
  readonly driver?: Driver;
  readonly templating?: Driver;
}

const sources = ['file', 'environment', 'content'] as const;
const bytesMax = { secret: secretBytesMax, config: configBytesMax };

/** Reads a secret or config at the top of the file. */
export function contentOf(kind: 'secret' | 'config', key: string, reader: Reader): ComposeContent {
  const driverKeys = kind === 'secret' ? ['driver', 'driver_opts'] : [];
  reader.keys([...sources, 'external', 'name', 'labels', 'template_driver', ...driverKeys]);
  const owner = externalOf(key, reader);
  const given = sources.filter((source) => !reader.get(source).absent);
  const driverName = kind === 'secret' ? (reader.get('driver').optionalText() ?? '') : '';
  const base = { key, reader, ...owner, labels: reader.get('labels').pairs() };
  if (owner.external) {
    const [first] = given;
    if (first !== undefined) reader.get(first).fail(`means nothing for a ${kind} that is external: remove it`);
    return { ...base, data: '' };
  }
  if (given.length > 1) reader.fail(`has ${given.join(' and ')}: keep one`);
  const [source] = given;
  if (source === undefined && driverName === '') reader.fail(`must have one of ${sources.join(', ')}, or external`);
  const bytes = source === undefined ? new Uint8Array() : bytesOf(source, reader.get(source));
  if (source !== undefined) checkSize(kind, bytes, reader.get(source));
  const template = reader.get('template_driver').optionalText();
  return {
    ...base,
    data: base64(bytes),
    ...(driverName !== '' && { driver: { name: driverName, options: reader.get('driver_opts').pairs() } }),
    ...(template !== undefined && { templating: { name: template, options: {} } }),
  };
}

function checkSize(kind: 'secret' | 'config', bytes: Uint8Array, reader: Reader): void {
  if (bytes.length === 0) reader.fail(`is empty: a ${kind} needs content`);
  if (bytes.length > bytesMax[kind])
    reader.fail(`holds ${bytes.length} bytes, at most ${bytesMax[kind]} fit a ${kind}`);
}

function bytesOf(source: (typeof sources)[number], reader: Reader): Uint8Array {
  if (source === 'file') return namedFile(reader).bytes;
  const text = reader.text();
  if (source === 'content') return new TextEncoder().encode(text);
  const value = reader.env[text] ?? reader.fail(`${text.slice(0, 100)} must be set in the environment`);
  return new TextEncoder().encode(value);
}
