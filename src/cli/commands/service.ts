import { type Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { StoreError } from '../../base/store-error.js';
import { builtInKinds, canonicalObject, type DeepPartial, type Service, type ServiceSpec } from '../../kinds/index.js';
import type { Context } from '../context.js';
import { openDockerLogins } from '../docker-login.js';
import { mustFindService } from '../services/find.js';
import { withRegistryAuth } from '../services/registry-auth.js';
import { changedSpec, scaledMode, type ServiceFlags, withServiceFlags } from '../services/service-flags.js';
import { type WaitFlag, withWait } from '../wait-flag.js';
import { writeServices } from '../write-services.js';
import { printTasks, withPsFlags } from './ps.js';

/** Adds `ps`, `scale`, `update` and `rollback` to `skep service`. */
export function addService(group: Command, context: Context, exit: (code: number) => void): void {
  withPsFlags(group.command('ps'))
    .argument('<service...>', 'names or ids')
    .description('list the tasks of services')
    .action((names: string[], flags: object, command: Command) =>
      printTasks(command, context, flags, (view) => {
        const ids = new Set(names.map((name) => mustFindService(view, name).id));
        return [...view.tasks.values()].filter(({ serviceId }) => serviceId !== undefined && ids.has(serviceId));
      }),
    );
  addScale(group, context, exit);
  addUpdate(group, context, exit);
  addRollback(group, context, exit);
}

interface Scale {
  readonly name: string;
  readonly count: number;
}

function addScale(group: Command, context: Context, exit: (code: number) => void): void {
  withWait(group.command('scale'))
    .argument('<service=n...>', 'services with their number of tasks, such as web=3', scale, [] as Scale[])
    .description('change the number of tasks of services in one transaction')
    .action(async (scales: Scale[], { wait }: WaitFlag, command: Command) => {
      await writeServices(command, context, waiting(wait, exit), (view) => ({
        reason: `scale ${scales.map(({ name, count }) => `${name}=${count}`).join(' ')}`,
        update: scales.map(({ name, count }) => {
          const service = mustFindService(view, name);
          return withSpec(service, { ...service.spec, mode: modeOf(service, count) });
        }),
      }));
    });
}

function scale(text: string, before: readonly Scale[]): Scale[] {
  const [, name = '', count = ''] = /^([^=]+)=(\d{1,9})$/.exec(text) ?? [];
  if (name === '') throw new InvalidArgumentError('Give SERVICE=N, such as web=3.');
  return [...before, { name, count: Number(count) }];
}

function modeOf({ spec }: Service, count: number): Service['spec']['mode'] {
  try {
    return scaledMode(spec.mode, count);
  } catch (cause) {
    throw new StoreError('INVALID_OBJECT', `service ${spec.annotations.name} ${messageOf(cause)}`, { cause });
  }
}

function addUpdate(group: Command, context: Context, exit: (code: number) => void): void {
  withWait(withServiceFlags(group.command('update')))
    .argument('<service>', 'name or id')
    .description('change a service; its tasks are replaced where they differ')
    .action(async (name: string, { wait, ...flags }: ServiceFlags & WaitFlag, command: Command) => {
      if (Object.keys(flags).length === 0)
        command.error('error: there is nothing to change; give an option, such as --image');
      const authOf = flags.withRegistryAuth ? await openDockerLogins(context.env) : undefined;
      await writeServices(command, context, waiting(wait, exit), async (view) => {
        const service = mustFindService(view, name);
        if (flags.replicas !== undefined) modeOf(service, flags.replicas);
        const changed = withSpec(service, changedSpec(service.spec, flags));
        return { reason: `update ${name}`, update: [authOf ? await withRegistryAuth(changed, authOf) : changed] };
      });
    });
}

function addRollback(group: Command, context: Context, exit: (code: number) => void): void {
  const { clock = systemClock } = context;
  withWait(group.command('rollback'))
    .argument('<service...>', 'names or ids')
    .description('return services to their specs before the last change')
    .action(async (names: string[], { wait }: WaitFlag, command: Command) => {
      await writeServices(command, context, waiting(wait, exit), (view) => ({
        reason: `roll back ${names.join(' ')}`,
        update: names.map((name) => rolledBack(mustFindService(view, name), clock.now())),
      }));
    });
}

const waiting = (wait: number | undefined, exit: (code: number) => void) => ({
  exit,
  ...(wait !== undefined && { wait }),
});

function withSpec(service: Service, spec: DeepPartial<ServiceSpec>): Service {
  return canonicalObject(builtInKinds.services, { ...service, spec }, service.id, service.meta);
}

/**
 * Returns the service with the spec before, as a rollback of its tasks.
 * @throws {StoreError} `NOT_FOUND` when it has none.
 */
export function rolledBack(service: Service, now: number): Service {
  const { previousSpec, spec } = service;
  const { name } = spec.annotations;
  if (!previousSpec)
    throw new StoreError('NOT_FOUND', `service ${name} has no spec before this one; apply the file that you want`);
  return {
    ...service,
    spec: previousSpec,
    updateStatus: {
      state: 'rollbackStarted',
      startedAt: now,
      message: 'manually requested rollback',
      slots: 0,
      specVersion: service.specVersion,
    },
  };
}
