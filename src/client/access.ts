import { Secret } from '../base/secret.js';
import { type Dialing, TlsDialing } from '../rpc/index.js';

/** Certificate and key of a client, and the roots that it trusts, in PEM. */
export interface AccessOptions {
  /** Trust domain of the cluster. */
  readonly domain: string;
  /** Roots of the cluster, in PEM. */
  readonly roots: readonly string[];
  /** Certificate in PEM. */
  readonly certificate: string;
  /** Private key in PEM. No log and no error shows it. */
  readonly key: string;
}

/** Credentials that a member already has, in place of options. */
class Given {
  constructor(readonly dialing: Dialing) {}
}

/** Identity of a client for {@link ClientOptions.access}: of `skep login`, or of a member in this process. */
export class Access {
  readonly #dialing: Dialing;

  constructor(options: AccessOptions) {
    this.#dialing =
      options instanceof Given ? options.dialing : new TlsDialing({ ...options, key: new Secret(options.key) });
  }

  /** @internal */
  static by(dialing: Dialing): Access {
    return new Access(new Given(dialing) as unknown as AccessOptions);
  }

  /** @internal */
  static dialingOf(access: Access): Dialing {
    return access.#dialing;
  }
}
