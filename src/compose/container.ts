import type { ContainerSpec, DeepPartial } from '../kinds/index.js';
import { environmentOf } from './environment.js';
import { healthcheckOf } from './healthcheck.js';
import { mountsOf, tmpfsOf } from './mounts.js';
import type { Reader } from './reader.js';
import { credentialSpecOf, securityOf, ulimitsOf } from './rights.js';
import { splitWords } from './words.js';

const oomScoreMax = 1_000;

/** Reads the container of a service, save for what needs ids: secrets, configs and a credential spec in a config. */
export function containerOf(reader: Reader): DeepPartial<ContainerSpec> {
  const dns = {
    nameservers: reader.get('dns').texts(),
    search: reader.get('dns_search').texts(),
    options: reader.get('dns_opt').texts(),
  };
  const ulimits = ulimitsOf(reader.get('ulimits'));
  const credentialSpec = credentialSpecOf(reader.get('credential_spec'));
  const privileges = { ...securityOf(reader.get('security_opt')), ...(credentialSpec && { credentialSpec }) };
  const isolation = reader.get('isolation').word(['default', 'process', 'hyperv'] as const);
  const oomScoreAdj = reader.get('oom_score_adj').signed(oomScoreMax);
  return {
    image: reader.get('image').text(),
    command: wordsOf(reader.get('entrypoint')),
    args: wordsOf(reader.get('command')),
    env: environmentOf(reader.get('environment'), reader.get('env_file')),
    labels: reader.get('labels').pairs(),
    mounts: [...reader.get('volumes').items().map(mountsOf), ...tmpfsOf(reader.get('tmpfs'))],
    healthcheck: healthcheckOf(reader.get('healthcheck')),
    hostname: reader.get('hostname').optionalText(),
    dir: reader.get('working_dir').optionalText(),
    user: reader.get('user').optionalText(),
    groups: reader.get('group_add').texts(),
    tty: reader.get('tty').flag(),
    openStdin: reader.get('stdin_open').flag(),
    readOnly: reader.get('read_only').flag(),
    init: reader.get('init').flag(),
    stopSignal: reader.get('stop_signal').optionalText(),
    stopGracePeriodMs: reader.get('stop_grace_period').duration(),
    hosts: hostsOf(reader.get('extra_hosts')),
    ...(Object.values(dns).some((list) => list.length > 0) && { dns }),
    ...capabilitiesOf(reader.get('cap_add'), reader.get('cap_drop')),
    sysctls: reader.get('sysctls').pairs(),
    ...(ulimits.length > 0 && { ulimits }),
    ...(Object.keys(privileges).length > 0 && { privileges }),
    ...(isolation !== undefined && { isolation }),
    ...(oomScoreAdj !== undefined && { oomScoreAdj }),
  };
}

/** Names capabilities as Docker does: `net_admin` is `CAP_NET_ADMIN`, and `ALL` makes others needless. */
function capabilitiesOf(add: Reader, drop: Reader) {
  const named = (reader: Reader) => {
    const names = reader.texts().map((text) => {
      const upper = text.toUpperCase();
      return upper === 'ALL' || upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
    });
    return names.includes('ALL') ? ['ALL'] : [...new Set(names)];
  };
  const capabilityAdd = named(add);
  return {
    capabilityAdd,
    capabilityDrop: named(drop).filter((name) => name === 'ALL' || !capabilityAdd.includes(name)),
  };
}

/** `name: address` or `name:address` becomes `address name`, as in /etc/hosts. */
function hostsOf(reader: Reader): string[] {
  if (reader.isMap) return reader.entries().map(([name, address]) => hostLine(name, address.text(), address));
  return reader.items().map((item) => {
    const text = item.text();
    const at = text.search(/[:=]/);
    return hostLine(text.slice(0, Math.max(at, 0)), text.slice(at + 1), item);
  });
}

function hostLine(name: string, address: string, reader: Reader): string {
  const bare = address.replace(/^\[(.*)\]$/, '$1').trim();
  if (name === '' || bare === '') reader.fail('must be name:address');
  return `${bare} ${name}`;
}

/** Reads a list of words, or one line that is split into words. */
function wordsOf(reader: Reader): string[] {
  return reader.absent || reader.isList ? reader.texts() : splitWords(reader.text(), (what) => reader.fail(what));
}
