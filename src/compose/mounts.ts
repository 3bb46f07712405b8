import type { DeepPartial, Mount } from '../kinds/index.js';
import type { Reader } from './reader.js';

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
    source: type === 'bind' ? reader.absolutePath(source) : source,
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
  reader.warnUnknown(['type', 'source', 'target', 'read_only', 'bind', 'volume', 'tmpfs']);
  const type =
    reader.get('type').word(['bind', 'volume', 'tmpfs', 'npipe'] as const) ?? reader.fail('type must be given');
  if ((reader.get('target').optionalText() ?? '') === '')
    reader.fail('target must be given: the path inside the container');
  reader.get('bind').warnUnknown(['propagation']);
  reader.get('volume').warnUnknown(['nocopy']);
  reader.get('tmpfs').warnUnknown(['size']);
  const source = reader.get('source').optionalText() ?? '';
  const propagation = reader.get('bind').get('propagation').optionalText();
  const noCopy = reader.get('volume').get('nocopy').flag();
  const sizeBytes = reader.get('tmpfs').get('size').bytes();
  if (source === '' && (type === 'bind' || type === 'npipe')) reader.fail(`a ${type} needs a source that is not empty`);
  return checked(reader, {
    type,
    source: type === 'bind' ? reader.absolutePath(source) : source,
    target: reader.get('target').text(),
    readOnly: reader.get('read_only').flag(),
    ...(propagation !== undefined && { bind: { propagation } }),
    ...(noCopy !== undefined && { volume: { noCopy } }),
    ...(sizeBytes !== undefined && { tmpfs: { sizeBytes } }),
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
