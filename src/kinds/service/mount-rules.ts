import type { Mount } from '../parts/index.js';
import { refuse } from '../rules.js';
import { hasParent, isAbsolute, isTemplate, plainPath } from './paths.js';

const propagations = ['', 'rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave'];
/** Names that the engine's own driver takes for a volume. */
const localName = /^[a-zA-Z0-9][\w.-]+$/;
const modeMax = 0o7777;

const at = (i: number) => `spec.task.container.mounts[${i}]`;

/** Refuses mounts that an engine refuses. */
export function checkMounts(mounts: readonly Mount[]): void {
  const taken = new Set<string>();
  mounts.forEach((mount, i) => {
    const { target, type } = mount;
    const path = `${at(i)}.target`;
    if (target === '') refuse('service', path, 'must not be empty');
    const place = plainPath(target);
    if (type !== 'npipe' && !isAbsolute(target)) refuse('service', path, `must be an absolute path, is "${target}"`);
    if (place === '/') refuse('service', path, 'must not be the root of the container');
    if (taken.has(place)) refuse('service', path, `"${target}" has a mount already`);
    taken.add(place);
  });
  mounts.forEach((mount, i) => {
    checkSource(mount, `${at(i)}.source`);
    checkOptions(mount, at(i));
  });
}

function checkSource({ type, source, volume }: Mount, path: string): void {
  if (source === '' && (type === 'bind' || type === 'npipe' || type === 'cluster'))
    refuse('service', path, `must not be empty in a ${type}`);
  if (source !== '' && type === 'tmpfs') refuse('service', path, 'must be empty in a tmpfs');
  if (type === 'bind' && !isAbsolute(source)) refuse('service', path, `must be an absolute path, is "${source}"`);
  const driver = volume?.driver?.name ?? '';
  const isLocal = type === 'volume' && (driver === '' || driver === 'local');
  if (isLocal && source !== '' && !isTemplate(source) && !localName.test(source))
    refuse(
      'service',
      path,
      `must be at least two letters, digits, _ . and -, is "${source}"; a path of the node needs the type bind`,
    );
}

function checkOptions(mount: Mount, path: string): void {
  for (const of of ['bind', 'volume', 'tmpfs'] as const)
    if (mount[of] && mount.type !== of) refuse('service', `${path}.${of}`, `must be absent in a ${mount.type}`);
  const { bind, volume, tmpfs } = mount;
  if (bind && !propagations.includes(bind.propagation))
    refuse(
      'service',
      `${path}.bind.propagation`,
      `must be one of ${propagations.slice(1).join(', ')}; is "${bind.propagation}"`,
    );
  if (volume && (volume.subpath.startsWith('/') || hasParent(volume.subpath)))
    refuse('service', `${path}.volume.subpath`, `must be a path within the volume, is "${volume.subpath}"`);
  if (tmpfs && tmpfs.sizeBytes < 0)
    refuse('service', `${path}.tmpfs.sizeBytes`, `must be 0 or more, is ${tmpfs.sizeBytes}`);
  if (tmpfs && tmpfs.mode > modeMax)
    refuse('service', `${path}.tmpfs.mode`, `must be at most ${modeMax}: 0o7777; is ${tmpfs.mode}`);
}
