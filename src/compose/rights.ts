import type { CredentialSpec, DeepPartial, Ulimit } from '../kinds/index.js';
import type { Reader } from './reader.js';

/** Reads `nofile: 1024` and `nofile: {soft: 1024, hard: 4096}`; -1 is no limit. */
export function ulimitsOf(reader: Reader): Ulimit[] {
  return reader.entries().map(([name, limit]) => {
    if (!limit.isMap) {
      const value = limit.signed(Number.MAX_SAFE_INTEGER) ?? limit.fail('must be a number, or soft and hard');
      return { name, soft: checked(value, limit), hard: value };
    }
    limit.keys(['soft', 'hard']);
    const part = (key: 'soft' | 'hard') => {
      const value = limit.get(key).signed(Number.MAX_SAFE_INTEGER) ?? limit.fail(`${key} must be given`);
      return checked(value, limit.get(key));
    };
    const [soft, hard] = [part('soft'), part('hard')];
    if (hard !== -1 && (soft === -1 || soft > hard)) limit.fail(`soft is above hard: ${soft} and ${hard}`);
    return { name, soft, hard };
  });
}

function checked(value: number, reader: Reader): number {
  return value < -1 ? reader.fail(`must be -1 or more, is ${value}`) : value;
}

/** Reads `credential_spec`, save for a config, whose id is not known yet. */
export function credentialSpecOf(reader: Reader): DeepPartial<CredentialSpec> | undefined {
  if (reader.absent) return undefined;
  reader.keys(['config', 'file', 'registry']);
  const given = (['config', 'file', 'registry'] as const).filter(
    (key) => (reader.get(key).optionalText() ?? '') !== '',
  );
  const [key] = given;
  if (key === undefined || given.length > 1) reader.fail('must have exactly one of config, file and registry');
  return key === 'config' ? {} : { [key]: reader.get(key).text() };
}
