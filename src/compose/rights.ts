import { messageOf } from '../base/errors.js';
import type { CredentialSpec, DeepPartial, Privileges, Seccomp, Ulimit } from '../kinds/index.js';
import { decoded, namedFile } from './named-file.js';
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

type Rights = DeepPartial<Privileges>;

/**
 * Reads `security_opt`: `no-new-privileges`, `seccomp` with `unconfined` or a file, and `apparmor` with `unconfined`.
 * Services know no other; those are warned of.
 */
export function securityOf(reader: Reader): Rights {
  const rights: { -readonly [K in keyof Rights]: Rights[K] } = {};
  for (const item of reader.absent ? [] : reader.items()) {
    const [, name = '', value = ''] = /^([^:=]*)(?:[:=](.*))?$/s.exec(item.text()) ?? [];
    if (name === 'no-new-privileges' && ['', 'true', 'false'].includes(value))
      rights.noNewPrivileges = value !== 'false';
    else if (name === 'seccomp' && value !== '') rights.seccomp = seccompOf(value, item);
    else if (name === 'apparmor' && value === 'unconfined') rights.appArmor = 'disabled';
    else item.warn(`"${item.text().slice(0, 100)}" is not supported for a service and is left out`);
  }
  return rights;
}

function seccompOf(value: string, reader: Reader): DeepPartial<Seccomp> {
  if (value === 'unconfined') return { mode: 'unconfined' };
  const profile = decoded(reader, namedFile(reader, value).bytes);
  try {
    JSON.parse(profile);
  } catch (error) {
    reader.fail(`names a seccomp profile that is not JSON: ${messageOf(error)}`, error);
  }
  return { mode: 'custom', profile };
}
