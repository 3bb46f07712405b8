import type { ContainerSpec, FileTarget } from '../parts/index.js';
import { refuse } from '../rules.js';
import type { Around } from './around.js';
import { hasParent, plainPath } from './paths.js';

const modeMax = 0o7777;

/** Refuses secrets and configs that are not there, and files that cannot be or of which two take one place. */
export function checkFiles(
  around: Around,
  { secrets, configs, privileges }: Pick<ContainerSpec, 'secrets' | 'configs' | 'privileges'>,
): void {
  /** Places inside the container, each with its path in the spec. */
  const places = new Map<string, string>();
  const path = 'spec.task.container';
  secrets.forEach(({ secretId, file }, i) => {
    const at = `${path}.secrets[${i}]`;
    if (!around.secret(secretId)) refuse('service', `${at}.secretId`, `names "${secretId}", which is no secret`);
    if (file) checkFile(`${at}.file`, file, '/run/secrets', places);
  });
  configs.forEach(({ configId, file, runtime }, i) => {
    const at = `${path}.configs[${i}]`;
    if (!around.config(configId)) refuse('service', `${at}.configId`, `names "${configId}", which is no config`);
    if (file && runtime) refuse('service', `${at}.file`, 'must be absent for a config that the engine reads (runtime)');
    if (file) checkFile(`${at}.file`, file, '', places);
  });
  checkCredential(privileges?.credentialSpec, configs);
}

function checkFile(path: string, file: FileTarget, folder: string, places: Map<string, string>): void {
  const { name, uid, gid, mode } = file;
  if (name === '' || name.endsWith('/') || name.includes('\0') || hasParent(name))
    refuse('service', `${path}.name`, `must be the path of a file, without "..", is "${name.slice(0, 100)}"`);
  const place = plainPath(/^(?:\/|[A-Za-z]:)/.test(name) ? name : `${folder}/${name}`);
  const other = places.get(place);
  if (other !== undefined)
    refuse('service', `${path}.name`, `"${name}" is given twice: ${other} takes ${place} already`);
  places.set(place, `${path}.name`);
  if (!/^\d*$/.test(uid)) refuse('service', `${path}.uid`, `must be digits, is "${uid}"`);
  if (!/^\d*$/.test(gid)) refuse('service', `${path}.gid`, `must be digits, is "${gid}"`);
  if (mode > modeMax) refuse('service', `${path}.mode`, `must be at most ${modeMax}: 0o7777; is ${mode}`);
}

/** Refuses a credential spec that names not exactly one source, or a config that the engine is not given. */
function checkCredential(
  spec: NonNullable<ContainerSpec['privileges']>['credentialSpec'],
  configs: ContainerSpec['configs'],
): void {
  if (!spec) return;
  const path = 'spec.task.container.privileges.credentialSpec';
  const given = [spec.config, spec.file, spec.registry].filter((source) => source !== '');
  if (given.length !== 1) refuse('service', path, 'must have exactly one of config, file and registry');
  if (spec.config !== '' && !configs.some(({ configId, runtime }) => configId === spec.config && runtime))
    refuse('service', `${path}.config`, `names "${spec.config}", which must be among the configs with runtime`);
}
