import type { DeepPartial, Driver, FileTarget } from '../../kinds/index.js';
import type { Fields } from './fields.js';

/** Reads a driver; one without name and options is none. */
export function readDriver(fields: Fields): DeepPartial<Driver> | undefined {
  const driver = { name: fields.text('Name'), options: fields.map('Options') };
  return driver.name === '' && Object.keys(driver.options).length === 0 ? undefined : driver;
}

/** Reads the file in which a container finds a secret or a config. Root, in digits, is what an empty owner means. */
export function readFile(fields: Fields): DeepPartial<FileTarget> {
  const owner = (name: string) => {
    const id = fields.text(name);
    return id === '0' ? '' : id;
  };
  return { name: fields.text('Name'), uid: owner('UID'), gid: owner('GID'), mode: fields.count('Mode') ?? 0 };
}

/** Reads name and labels. What users keep in indexes of their own stays: Docker has no words for it. */
export function readAnnotations(fields: Fields, old?: { readonly indices: readonly unknown[] }) {
  return {
    name: fields.text('Name'),
    labels: fields.map('Labels'),
    ...(old && { indices: old.indices as { key: string; val: string }[] }),
  };
}
