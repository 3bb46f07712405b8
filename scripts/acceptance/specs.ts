/** Command of a container that sleeps, and ends at once when it is told to. */
export const pauserCommand = ['sh', '-c', 'trap exit TERM; while :; do sleep 1000 & wait; done'] as const;
export const pauser = ['busybox:latest', ...pauserCommand] as const;

/** Options of a service whose tasks are replaced without long waits. */
export const quick = ['--restart-delay', '200ms', '--update-monitor', '1s', '--rollback-monitor', '1s'] as const;
