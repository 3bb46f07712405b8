import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { messageOf } from '../base/errors.js';
import { StoreError } from '../base/store-error.js';
import type { messages } from '../wire/index.js';
import { Channel } from './channel.js';
import { methodOf } from './definitions.js';
import type { Dialing } from './dialing.js';
import { toStatus } from './status.js';

type FormationRequest = messages.FormationRequest;
type FormationAnswer = messages.FormationAnswer;

/** Answers the others while a cluster is being formed, and reports afterwards that there is one. */
export type AnswerFormation = (request: FormationRequest) => Promise<FormationAnswer>;

/** Limit for a peer's answer, milliseconds. */
const askTimeoutMs = 1_000;

/** Implements the `Formation` service, available from the moment a member listens. */
export function formationService(answer: AnswerFormation): UntypedServiceImplementation {
  return {
    Ask: (
      { request }: { request: FormationRequest },
      done: (error: object | null, answer?: FormationAnswer) => void,
    ) => {
      answer(request).then(
        (said) => done(null, said),
        (error: unknown) => done(toStatus(error)),
      );
    },
  };
}

/** Calls the processes at some addresses repeatedly, over one connection each. */
export class FormationPeers {
  readonly #channels = new Map<string, Channel>();
  readonly #dialing: Dialing | undefined;

  constructor(dialing?: Dialing) {
    this.#dialing = dialing;
  }

  /** Rejects with the {@link StoreError} of the process at `addr`, or with a gRPC error when there is no answer. */
  async ask(addr: string, request: FormationRequest): Promise<FormationAnswer> {
    let channel = this.#channels.get(addr);
    if (!channel)
      this.#channels.set(addr, (channel = new Channel(addr, { ...(this.#dialing && { dialing: this.#dialing }) })));
    try {
      return await channel.unary(methodOf('formation', 'Ask'), request, { timeoutMs: askTimeoutMs });
    } catch (error) {
      if (!this.#dialing || !messageOf(error).includes('certificate')) throw error;
      throw new StoreError('UNAUTHENTICATED', `the process at ${addr} has another secret, or is of another cluster`, {
        cause: error,
      });
    }
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }
}
