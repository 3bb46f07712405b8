import { messageOf } from '../../base/errors.js';
import type { Backend, WatchOptions } from '../backend.js';
import { type Entries, entriesOf } from '../entries.js';
import { Entry } from '../entry.js';
import { DiscoveryError, NotImplementedError } from '../errors.js';
import { expandRange } from '../ranges.js';
import { DiscoveryWatch } from '../watch.js';

/** `nodes://10.0.0.1:2375,10.0.0.[2:9]:2375`: the list is the URL, and never another one. */
export class NodesBackend implements Backend {
  #entries: Entries = entriesOf([]);

  initialize(uris: string): void {
    const addresses = uris.split(',').flatMap((uri) => expandRange(uri.trim()));
    this.#entries = entriesOf(addresses.map(parse));
  }

  watch({ signal }: WatchOptions = {}): DiscoveryWatch {
    return new DiscoveryWatch((tell) => tell.entries(this.#entries), signal);
  }

  register(): Promise<void> {
    return Promise.reject(new NotImplementedError());
  }
}

/** A URL without a scheme ends up here, and most often it is a token. */
function parse(address: string): Entry {
  try {
    return Entry.parse(address);
  } catch (cause) {
    const advice = 'please check you are using the correct discovery (missing token:// ?)';
    throw new DiscoveryError('INVALID_ADDRESS', `${messageOf(cause)}, ${advice}`, { cause });
  }
}
