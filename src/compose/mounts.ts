import type { DeepPartial, Mount } from '../state/index.js';
import type { Reader } from './reader.js';

/** One entry of `volumes`: `source:target[:ro]`, or the long form. A source that looks like a path is bound, another one is a volume. */
export function mountsOf(reader: Reader): DeepPartial<Mount> {
  return reader.isMap ? longMount(reader) : shortMount(reader);
}

function shortMount(reader: Reader): DeepPartial<Mount> {
  const parts = reader.text().split(':');
  if (parts.length === 1) return { type: 'volume', target: parts[0] };
  const [source = '', target = '', options = ''] = parts;
  if (parts.length > 3 || target === '') reader.fail('must be [source:]target[:ro]');
  const words = options === '' ? [] : options.split(',');
  const unknown = words.find((word) => word !== 'ro' && word !== 'rw');
  if (unknown !== undefined) reader.fail(`has an unknown option "${unknown}"; known are ro, rw`);
  return { type: /^[./~]/.test(source) ? 'bind' : 'volume', source, target, readOnly: words.includes('ro') };
}

function longMount(reader: Reader): DeepPartial<Mount> {
  reader.warnUnknown(['type', 'source', 'target', 'read_only', 'bind', 'volume', 'tmpfs']);
  const type =
    reader.get('type').word(['bind', 'volume', 'tmpfs', 'npipe'] as const) ?? reader.fail('type must be given');
  if (reader.get('target').absent) reader.fail('target must be given: the path inside the container');
  reader.get('bind').warnUnknown(['propagation']);
  reader.get('volume').warnUnknown(['nocopy']);
  reader.get('tmpfs').warnUnknown(['size']);
  const propagation = reader.get('bind').get('propagation').optionalText();
  const noCopy = reader.get('volume').get('nocopy').flag();
  const sizeBytes = reader.get('tmpfs').get('size').bytes();
  return {
    type,
    source: reader.get('source').optionalText() ?? '',
    target: reader.get('target').text(),
    readOnly: reader.get('read_only').flag(),
    ...(propagation !== undefined && { bind: { propagation } }),
    ...(noCopy !== undefined && { volume: { noCopy } }),
    ...(sizeBytes !== undefined && { tmpfs: { sizeBytes } }),
  };
}
