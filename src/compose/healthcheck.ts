import type { ContainerSpec, DeepPartial } from '../kinds/index.js';
import type { Reader } from './reader.js';

export function healthcheckOf(reader: Reader): DeepPartial<ContainerSpec>['healthcheck'] {
  if (reader.absent) return undefined;
  reader.keys(['test', 'interval', 'timeout', 'retries', 'start_period', 'start_interval', 'disable']);
  if (reader.get('disable').flag()) return { test: ['NONE'] };
  const test = reader.get('test');
  const words = test.isList || test.absent ? test.texts() : ['CMD-SHELL', test.text()];
  if (test.isList && !['CMD', 'CMD-SHELL', 'NONE'].includes(words[0] ?? ''))
    test.fail('must begin with CMD, CMD-SHELL or NONE');
  return {
    test: words,
    intervalMs: reader.get('interval').duration(),
    timeoutMs: reader.get('timeout').duration(),
    retries: reader.get('retries').whole(0xffff_ffff),
    startPeriodMs: reader.get('start_period').duration(),
    startIntervalMs: reader.get('start_interval').duration(),
  };
}
