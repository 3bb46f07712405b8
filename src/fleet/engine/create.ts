import { FleetError } from '../fleet.js';
import type { DockerClient } from './docker-client.js';
import { isEngineError, wordsOf } from './errors.js';
import { cpuShares } from './facts.js';
import type { CreateContainerBody, RegistryAuth } from './types.js';

/** Options of {@link createOn}. */
export interface CreateOnOptions {
  /** CPUs of the engine. */
  readonly cpus: number;
  /** Pulls the image where it is missing. */
  readonly pull?: boolean | undefined;
  readonly auth?: RegistryAuth | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called right before the engine creates; throws when another manager acts by now. */
  readonly expectLead?: (() => void) | undefined;
}

/** Creates a container on one engine. `CpuShares` counts CPUs here, as Swarm's users mean it. */
export async function createOn(
  client: DockerClient,
  body: CreateContainerBody,
  name: string,
  options: CreateOnOptions,
) {
  const { cpus, pull, auth, signal, expectLead } = options;
  const forEngine = withWeight(body, cpus);
  const create = () => {
    expectLead?.();
    return client.createContainer(forEngine, name, { signal });
  };
  try {
    const { Id, Warnings } = await create();
    return { id: Id, warnings: Warnings ?? [], pulled: false };
  } catch (error) {
    if (!pull || !isEngineError(error, 'NOT_FOUND') || !body.Image) throw error;
    await pullFor(body.Image, client, { auth, signal });
    const { Id, Warnings } = await create();
    return { id: Id, warnings: Warnings ?? [], pulled: true };
  }
}

function withWeight(body: CreateContainerBody, cpus: number): CreateContainerBody {
  const wanted = body.HostConfig?.CpuShares ?? 0;
  return wanted > 0 ? { ...body, HostConfig: { ...body.HostConfig, CpuShares: cpuShares(wanted, cpus) } } : body;
}

/** @throws FleetError `NO_IMAGE` in the words of the engine or of its registry. */
async function pullFor(
  image: string,
  client: DockerClient,
  { auth, signal }: Pick<CreateOnOptions, 'auth' | 'signal'>,
): Promise<void> {
  try {
    await client.pullImage(image, { auth, signal });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new FleetError('NO_IMAGE', `No such image: ${image}: ${wordsOf(cause)}`, { cause });
  }
}
