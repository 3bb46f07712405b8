import { containerTemplates } from '../parts/container-template.js';
import type { ContainerSpec, Healthcheck } from '../parts/index.js';
import { templateError } from '../parts/template.js';
import { refuse } from '../rules.js';
import type { Around } from './around.js';
import { checkFiles } from './file-rules.js';
import { checkMounts } from './mount-rules.js';
import { checkTime } from './time-rules.js';

const path = 'spec.task.container';

/** Refuses a container that no engine can run as it is written. */
export function checkContainer(around: Around, container: ContainerSpec): void {
  const { image, env, healthcheck, stopGracePeriodMs } = container;
  if (image.trim() === '') refuse('service', `${path}.image`, 'must name an image');
  env.forEach((variable, i) => {
    if (variable === '' || variable.startsWith('='))
      refuse('service', `${path}.env[${i}]`, `must be NAME=value, is "${variable.slice(0, 100)}"`);
  });
  for (const { path: at, text } of containerTemplates(container)) {
    const says = templateError(text, 'container');
    if (says !== undefined) refuse('service', `${path}.${at}`, says);
  }
  if (healthcheck) checkHealth(healthcheck);
  checkSecurity(container);
  checkTime(`${path}.stopGracePeriodMs`, stopGracePeriodMs);
  checkMounts(container.mounts);
  checkFiles(around, container);
}

const testWords = ['NONE', 'CMD', 'CMD-SHELL'];

function checkHealth({ test, ...times }: Healthcheck): void {
  const [word, ...rest] = test;
  if (word !== undefined && !testWords.includes(word))
    refuse('service', `${path}.healthcheck.test`, `must begin with ${testWords.join(', ')}; begins with "${word}"`);
  if (word === 'NONE' && rest.length > 0)
    refuse('service', `${path}.healthcheck.test`, 'must have nothing after NONE, which turns the check off');
  if (word !== undefined && word !== 'NONE' && rest.length === 0)
    refuse('service', `${path}.healthcheck.test`, `must have a command after ${word}`);
  for (const field of ['intervalMs', 'timeoutMs', 'startPeriodMs', 'startIntervalMs'] as const)
    checkTime(`${path}.healthcheck.${field}`, times[field]);
}

/** Longest `registryAuth`, characters: a header of that size is refused by engines. */
const authMax = 64 * 1024;

function checkSecurity({ registryAuth, privileges }: ContainerSpec): void {
  if (registryAuth.length > authMax || !/^[\w+/-]*={0,2}$/.test(registryAuth))
    refuse('service', `${path}.registryAuth`, `must be base64 of at most ${authMax} characters`);
  const { mode = 'default', profile = '' } = privileges?.seccomp ?? {};
  if ((mode === 'custom') !== (profile !== ''))
    refuse('service', `${path}.privileges.seccomp.profile`, 'must be given with the mode custom, and only with it');
}
