import type { Reader } from './reader.js';

/** What a network or a volume says of who made it. */
export interface External {
  /** Made by somebody else: it must be there already. */
  readonly external: boolean;
  /** As the file names it. */
  readonly name: string | undefined;
}

/** `external: true` with `name`, and `external: {name: …}`, which files from before Compose 3.5 have. */
export function externalOf(key: string, reader: Reader): External {
  const external = reader.get('external');
  const name = reader.get('name').optionalText();
  if (!external.isMap) {
    const isExternal = external.flag() ?? false;
    return { external: isExternal, name: name ?? (isExternal ? key : undefined) };
  }
  external.warnUnknown(['name']);
  const older = external.get('name').optionalText();
  if (name !== undefined && older !== undefined)
    external.fail(`names it "${older}", and name says "${name}": remove one`);
  return { external: true, name: name ?? older ?? key };
}
