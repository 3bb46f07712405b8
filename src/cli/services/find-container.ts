import { StoreError } from '../../base/store-error.js';
import type { Client } from '../../client/index.js';
import { clientEngines, containerOf, type DockerClient } from '../../fleet/index.js';
import type { Task } from '../../kinds/index.js';
import { findTask } from './find.js';
import { readView } from './view.js';

/** The container of a task that runs, and a client of its engine. */
export interface FoundContainer {
  readonly task: Task;
  /** Id of the container. */
  readonly container: string;
  readonly docker: DockerClient;
}

/**
 * Runs `use` with the container of the running task that a name means (`web.3`, or an id), and closes the client.
 * @throws {StoreError} `NOT_FOUND`, also when the task does not run; `ENGINE_UNREACHABLE`
 */
export async function withContainer<T>(
  client: Client,
  given: string,
  signal: AbortSignal,
  use: (found: FoundContainer) => Promise<T>,
): Promise<T> {
  const view = await readView(client);
  const task = findTask(view, given);
  if (!task) throw new StoreError('NOT_FOUND', `there is no task "${given}"; skep ps lists them`);
  if (task.nodeId === undefined || task.status.state !== 'running')
    throw new StoreError(
      'NOT_FOUND',
      `task ${view.taskName(task)} does not run, it is ${task.status.state}; see skep explain`,
    );
  const docker = await clientEngines(client).open(task.nodeId, signal);
  try {
    return await use({ task, docker, container: await containerOf(docker, task, { signal }) });
  } finally {
    docker.close();
  }
}
