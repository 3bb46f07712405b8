import type { FileTarget } from '../kinds/index.js';
import { modeOf } from './file-mode.js';
import type { Reader } from './reader.js';

/** A secret or config that a service uses: its key in the file, and where the container finds it. */
export interface FileUse {
  readonly key: string;
  readonly reader: Reader;
  readonly file: FileTarget;
}

/** Mode of a file without one: all may read. */
const modeDefault = 0o444;

/** Reads an entry of `secrets` or `configs` of a service: a key, or the long form. */
export function fileUseOf(reader: Reader): FileUse {
  const plain = { uid: '0', gid: '0', mode: modeDefault };
  if (!reader.isMap) {
    const key = reader.text();
    return { key, reader, file: { name: key, ...plain } };
  }
  reader.keys(['source', 'target', 'uid', 'gid', 'mode']);
  const key = reader.get('source').optionalText() ?? '';
  if (key === '') reader.fail('source must be given: a key at the top of the file');
  return {
    key,
    reader,
    file: {
      name: reader.get('target').optionalText() || key,
      uid: reader.get('uid').optionalText() ?? plain.uid,
      gid: reader.get('gid').optionalText() ?? plain.gid,
      mode: modeOf(reader.get('mode')) ?? plain.mode,
    },
  };
}

/** Reads all of them. Each must have a file of its own. */
export function fileUsesOf(reader: Reader): FileUse[] {
  const seen = new Set<string>();
  return reader.items().map((item) => {
    const use = fileUseOf(item);
    if (seen.has(use.file.name)) item.fail(`the file "${use.file.name}" is given twice: set another target`);
    seen.add(use.file.name);
    return use;
  });
}
