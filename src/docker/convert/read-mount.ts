import type { DeepPartial, Mount } from '../../kinds/index.js';
import type { Fields } from './fields.js';
import { readDriver } from './read-parts.js';

const types = { bind: 'bind', volume: 'volume', tmpfs: 'tmpfs', npipe: 'npipe', cluster: 'cluster' } as const;

/** Reads a mount. */
export function readMount(fields: Fields): DeepPartial<Mount> {
  const consistency = fields.text('Consistency');
  if (consistency !== '' && consistency !== 'default') fields.refuse('Consistency', 'is not supported; leave it out');
  const mount = {
    type: fields.word('Type', types) ?? fields.refuse('Type', 'must not be empty'),
    source: fields.text('Source'),
    target: fields.text('Target'),
    readOnly: fields.flag('ReadOnly'),
    bind: fields.object('BindOptions', (bind) => ({ propagation: bind.text('Propagation') })),
    volume: fields.object('VolumeOptions', (volume) => ({
      noCopy: volume.flag('NoCopy'),
      labels: volume.map('Labels'),
      subpath: volume.text('Subpath'),
      driver: volume.object('DriverConfig', readDriver),
    })),
    tmpfs: fields.object('TmpfsOptions', (tmpfs) => ({
      sizeBytes: tmpfs.whole('SizeBytes'),
      mode: tmpfs.count('Mode'),
    })),
  };
  fields.object('ClusterOptions', () => undefined);
  return mount;
}
