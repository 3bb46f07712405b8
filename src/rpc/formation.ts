import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { messages } from '../wire/index.js';
import { Channel } from './channel.js';
import { methodOf } from './definitions.js';
import { toStatus } from './status.js';

type FormationRequest = messages.FormationRequest;
type FormationAnswer = messages.FormationAnswer;

/** Answers the others while a cluster is being formed, and says afterwards that there is one. */
export type AnswerFormation = (request: FormationRequest) => Promise<FormationAnswer>;

/** How long a peer may take to answer, milliseconds. */
const askTimeoutMs = 1_000;

/** The `Formation` service. It is there from the moment a member listens. */
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

/** Asks the processes at some addresses, again and again, over one connection each. */
export class FormationPeers {
  readonly #channels = new Map<string, Channel>();

  /** Rejects with the {@link StoreError} of the process at `addr`, or with a gRPC error when nobody answers. */
  ask(addr: string, request: FormationRequest): Promise<FormationAnswer> {
    let channel = this.#channels.get(addr);
    if (!channel) this.#channels.set(addr, (channel = new Channel(addr)));
    return channel.unary(methodOf('formation', 'Ask'), request, { timeoutMs: askTimeoutMs });
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }
}
