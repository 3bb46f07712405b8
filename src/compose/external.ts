import type { Reader } from './reader.js';

/** Ownership of a network, volume, secret or config, as the file declares it. */
export interface External {
  /** True when it is made elsewhere: it must exist already. */
  readonly external: boolean;
  /** Name as in the file. */
  readonly name: string | undefined;
}

/** Reads `external: true` with `name`, and `external: {name: …}` from files before Compose 3.5. */
export function externalOf(key: string, reader: Reader): External {
  const external = reader.get('external');
  const name = reader.get('name').optionalText();
  if (!external.isMap) {
    const isExternal = external.flag() ?? false;
    return { external: isExternal, name: name ?? (isExternal ? key : undefined) };
  }
  external.keys(['name']);
  const older = external.get('name').optionalText();
  if (name !== undefined && older !== undefined)
    external.fail(`names it "${older}", and name says "${name}": remove one`);
  return { external: true, name: name ?? older ?? key };
}
