import { attachmentLeftOut } from './keys.js';
import type { Reader } from './reader.js';

/** A network that a service joins: its key in the file, and the names that the service has there. */
export interface Attachment {
  readonly key: string;
  readonly aliases: readonly string[];
  readonly reader: Reader;
}

/** Reads the networks of a service: a list of keys, or a map. */
export function attachmentsOf(reader: Reader): Attachment[] {
  if (!reader.isMap) {
    const items = reader.items().map((item) => ({ key: item.text(), aliases: [], reader: item }));
    const seen = new Set<string>();
    for (const { key, reader: item } of items) {
      if (seen.has(key)) item.fail(`names the network "${key}" again`);
      seen.add(key);
    }
    return items;
  }
  return reader.entries().map(([key, value]) => {
    if (!value.absent) value.keys(['aliases'], attachmentLeftOut);
    return { key, aliases: value.absent ? [] : value.get('aliases').texts(), reader: value };
  });
}
