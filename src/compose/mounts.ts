import type { DeepPartial, Mount, VolumeOptions } from '../kinds/index.js';
import { modeOf } from './file-mode.js';
import { bindLeftOut, mountLeftOut } from './keys.js';
import { absolutePath } from './named-file.js';
import type { Reader } from './reader.js';
import { bytesOf } from './scalars.js';

const propagations = ['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave'];
/** Matches a path; the letter of a Windows drive is followed by a colon. */
const pathPattern = String.raw`(?:[A-Za-z]:(?=\\))?[^:]*`;
const shortPattern = new RegExp(`^(?:(${pathPattern}):)?(${pathPattern})(?::([^:]*))?$`);

/**
 * Reads one entry of `volumes`: `source:target[:ro]`, or the long form. A source that looks like a path is a bind
 * mount, and made absolute; any other is a volume.
 */
export function mountsOf(reader: Reader): DeepPartial<Mount> {
  return reader.isMap ? longMount(reader) : shortMount(reader);
}

function shortMount(reader: Reader): DeepPartial<Mount> {
  const text = reader.text();
  const [, source, target = '', options] = shortPattern.exec(text) ?? [];
  // An empty source is an unset variable; a volume without a name would be an empty folder.
  if (source === '' || target === '' || options === '')
    reader.fail(`must be [source:]target[:ro] without empty parts, is "${text.slice(0, 100)}"`);
  if (source === undefined) return { type: 'volume', target };
  const type = /^(?:[./~]|[A-Za-z]:\\)/.test(source) ? 'bind' : 'volume';
  return checked(reader, {
    type,
    source: type === 'bind' ? absolutePath(reader, source) : source,
    target,
    ...optionsOf(reader, options?.split(',') ?? []),
  });
}

/** Reads mount options. Docker ignores unknown words: `z` and `cached` are common, and mean nothing to a service. */
function optionsOf(reader: Reader, words: readonly string[]): DeepPartial<Mount> {
  const known = ['ro', 'rw', 'nocopy', ...propagations];
  for (const word of words) if (!known.includes(word)) reader.warn(`"${word}" is not supported and is left out`);
  const propagation = words.findLast((word) => propagations.includes(word));
  return {
    readOnly: words.findLast((word) => word === 'ro' || word === 'rw') === 'ro',
    ...(propagation !== undefined && { bind: { propagation } }),
    ...(words.includes('nocopy') && { volume: { noCopy: true } }),
  };
}

function longMount(reader: Reader): DeepPartial<Mount> {
  reader.keys(['type', 'source', 'target', 'read_only', 'bind', 'volume', 'tmpfs', 'cluster', 'image'], mountLeftOut);
  if (reader.get('type').optionalText() === 'image' || !reader.get('image').absent)
    reader.get('type').fail('images cannot be mounted: put the files in the image of the service, or in a volume');
  const type =
    reader.get('type').word(['bind', 'volume', 'tmpfs', 'npipe', 'cluster'] as const) ??
    reader.fail('type must be given');
  if ((reader.get('target').optionalText() ?? '') === '')
    reader.fail('target must be given: the path inside the container');
  reader.get('bind').keys(['propagation'], bindLeftOut);
  reader.get('tmpfs').keys(['size', 'mode']);
  reader.get('cluster').keys([]);
  const source = reader.get('source').optionalText() ?? '';
  const propagation = reader.get('bind').get('propagation').word(propagations);
  const volume = volumeOptionsOf(reader.get('volume'));
  const tmpfs = { sizeBytes: reader.get('tmpfs').get('size').bytes(), mode: modeOf(reader.get('tmpfs').get('mode')) };
  if (source === '' && type !== 'volume' && type !== 'tmpfs') reader.fail(`a ${type} needs a source that is not empty`);
  return checked(reader, {
    type,
    source: type === 'bind' ? absolutePath(reader, source) : source,
    target: reader.get('target').text(),
    readOnly: reader.get('read_only').flag(),
    ...(propagation !== undefined && { bind: { propagation } }),
    ...(volume && { volume }),
    ...((tmpfs.sizeBytes ?? tmpfs.mode) !== undefined && { tmpfs }),
  });
}

function volumeOptionsOf(reader: Reader): DeepPartial<VolumeOptions> | undefined {
  reader.keys(['nocopy', 'subpath', 'labels']);
  const noCopy = reader.get('nocopy').flag();
  const subpath = reader.get('subpath').optionalText();
  const labels = reader.get('labels').pairs();
  const hasLabels = Object.keys(labels).length > 0;
  if (noCopy === undefined && subpath === undefined && !hasLabels) return undefined;
  return {
    ...(noCopy !== undefined && { noCopy }),
    ...(subpath !== undefined && { subpath }),
    ...(hasLabels && { labels }),
  };
}

/** Reads `tmpfs` of a service: paths, each with options such as `/run:size=64m,mode=1770`. */
export function tmpfsOf(reader: Reader): DeepPartial<Mount>[] {
  const items = reader.isList ? reader.items() : reader.absent ? [] : [reader];
  return items.map((item) => {
    const [target = '', ...rest] = item.text().split(':');
    if (!target.startsWith('/')) item.fail(`must be an absolute path, is "${target.slice(0, 100)}"`);
    const options = rest
      .join(':')
      .split(',')
      .filter((word) => word !== '');
    const tmpfs: { sizeBytes?: number; mode?: number } = {};
    for (const option of options) {
      const [name = '', value = ''] = option.split('=');
      if (name === 'size')
        tmpfs.sizeBytes = bytesOf(value) ?? item.fail(`must have a size like 64m, is "${value.slice(0, 100)}"`);
      else if (name === 'mode' && /^[0-7]{1,4}$/.test(value)) tmpfs.mode = parseInt(value, 8);
      else item.warn(`"${option.slice(0, 100)}" is not supported and is left out`);
    }
    return { type: 'tmpfs', target, ...(Object.keys(tmpfs).length > 0 && { tmpfs }) };
  });
}

/** Refuses mounts that Docker refuses for a service. */
function checked(reader: Reader, mount: DeepPartial<Mount>): DeepPartial<Mount> {
  const { type } = mount;
  for (const of of ['bind', 'volume', 'tmpfs'] as const)
    if (mount[of] && type !== of) reader.fail(`has options of a ${of}, and is a ${type}`);
  if (type === 'tmpfs' && mount.source) reader.fail('a tmpfs has no source');
  return mount;
}
