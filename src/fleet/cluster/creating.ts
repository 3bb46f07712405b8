import { isDeepStrictEqual } from 'node:util';
import { assert } from '../../base/assert.js';
import type { Random } from '../../base/random.js';
import { type ContainerRequest, readRequest, type Wanted } from '../../schedule/index.js';
import { swarmIdLabel } from '../engine/container-cache.js';
import type { Engine } from '../engine/engine.js';
import { isEngineError } from '../engine/errors.js';
import type { CreateContainerBody } from '../engine/types.js';
import { type CreateOptions, FleetError, isFleetError } from '../fleet.js';
import type { Deploying, Made } from './deploying.js';
import { chooseNetworks } from './network-choice.js';
import type { Networks } from './networks.js';
import type { Place, Placing } from './placing.js';
import type { ContainerRecord } from './records.js';

type Request = ContainerRequest<CreateContainerBody>;

/** Ports of a {@link Creating}. */
export interface CreatingPorts {
  readonly placing: Placing;
  readonly deploying: Deploying;
  readonly random: Random;
  /** Finds an engine by the id that it gives itself. */
  readonly engine: (engineId: string) => Engine | undefined;
  /** Finds a network as {@link Networks.find} does. */
  readonly network: Networks['find'];
  /** Engines that have an image of that name. */
  readonly havingImage: (name: string) => number;
  readonly createRetry: number;
}

/** Makes containers: reads what is asked, chooses the engine, and tries again where that can help. */
export class Creating {
  readonly #ports: CreatingPorts;

  constructor(ports: CreatingPorts) {
    this.#ports = ports;
  }

  /** Makes a container on the engine that the scheduler chooses. */
  async anywhere(given: CreateContainerBody, name: string, options: CreateOptions): Promise<Made> {
    const request = this.#read(given, name);
    const before = this.#begunBefore(request);
    if (before)
      return this.#at(
        this.#ports.placing.on(before.engine, request.wanted, labelsOf(before.request)),
        before.request,
        options,
      );
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#at(this.#choose(request), request, options);
      } catch (error) {
        if (isFleetError(error, 'NO_IMAGE') && this.#isElsewhere(request.wanted)) break;
        if (!isEngineError(error) || error.outcomeUnknown || attempt >= this.#ports.createRetry) throw error;
      }
    }
    return this.#whereTheImageIs(request, options);
  }

  /** Makes a container on this engine. */
  async on(engine: Engine, given: CreateContainerBody, name: string, options: CreateOptions): Promise<Made> {
    const request = this.#read(given, name);
    return this.#at(this.#ports.placing.on(engine, request.wanted, labelsOf(request)), request, options);
  }

  /** Chooses the engine that a container moves to. */
  placeAgain({ name, body }: ContainerRecord): Place {
    return this.#choose(readRequest(name, body));
  }

  /** Reads a request, and gives it its Swarm id. */
  #read(given: CreateContainerBody, name: string): Request {
    if (!given.Image) throw new FleetError('INVALID', 'No command specified: the body of a container needs an Image');
    const { body, constraints } = chooseNetworks(given, this.#ports.network);
    const { wanted, ...request } = readRequest(name, body);
    // A label in the body is that of another container: it was copied from there.
    const id = newSwarmId(this.#ports.random);
    return {
      ...request,
      wanted: { ...wanted, constraints: [...wanted.constraints, ...constraints] },
      body: withSwarmId(request.body, id),
    };
  }

  /**
   * The same request, as it was begun before on an engine that did not answer to it. Made there again, under the same Swarm
   * id, it is made once: the engine gives a name once.
   */
  #begunBefore(request: Request): { readonly engine: Engine; readonly request: Request } | undefined {
    const record = this.#ports.deploying.unanswered(request.wanted.name);
    const engine = record && this.#ports.engine(record.engine);
    if (!record || engine?.state !== 'healthy') return undefined;
    const again = { ...request, body: withSwarmId(request.body, record.id) };
    return isDeepStrictEqual(again.body, withSwarmId(record.body, record.id)) ? { engine, request: again } : undefined;
  }

  #choose(request: Request): Place {
    return this.#ports.placing.choose(request.wanted, labelsOf(request));
  }

  async #at({ engine, release }: Place, { wanted, body, reschedule }: Request, options: CreateOptions): Promise<Made> {
    const id = body.Labels?.[swarmIdLabel];
    assert(id !== undefined, 'a request that was read has a Swarm id');
    try {
      const order = { id, name: wanted.name, body, moves: reschedule === 'on-node-failure' };
      return await this.#ports.deploying.deploy(engine, order, options);
    } finally {
      release();
    }
  }

  /** Tells whether an engine has the image, and the container is bound to none. */
  #isElsewhere({ image, constraints }: Wanted): boolean {
    const isBound = constraints.some((constraint) => /^node==(?!~)/.test(constraint));
    return !isBound && this.#ports.havingImage(image) > 0;
  }

  async #whereTheImageIs(request: Request, options: CreateOptions): Promise<Made> {
    const { wanted } = request;
    const affinities = [...wanted.affinities, `image==${wanted.image}`];
    return this.#at(this.#choose({ ...request, wanted: { ...wanted, affinities } }), request, options);
  }
}

const swarmIdDigits = 64;

/** A fresh Swarm id: 64 hexadecimal digits. */
function newSwarmId(random: Random): string {
  return Array.from({ length: swarmIdDigits }, () => random(16).toString(16)).join('');
}

function withSwarmId(body: CreateContainerBody, id: string): CreateContainerBody {
  return { ...body, Labels: { ...body.Labels, [swarmIdLabel]: id } };
}

function labelsOf({ body }: Request): Readonly<Record<string, string>> {
  return body.Labels ?? {};
}
