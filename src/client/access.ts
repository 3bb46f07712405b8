import { Secret } from '../base/secret.js';
import { parseToken } from '../identity/index.js';
import { domainOfRoot } from '../pki/index.js';
import { type Bundle, type Dialing, TlsDialing } from '../rpc/index.js';

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

/** Token of a program that has no certificate, and the roots that it trusts. */
export interface TokenAccessOptions {
  /** Roots of the cluster, in PEM. The token is sent to no server that none of them has certified. */
  readonly roots: readonly string[];
  /** Text of the token: `skept1_…`. No log and no error shows it. */
  readonly token: string;
}

/** Credentials that a member already has, in place of options. */
class Given {
  constructor(
    readonly dialing: Dialing,
    readonly behalf: string,
  ) {}
}

/** Identity of a client for {@link ClientOptions.access}: of `skep login`, of a token for calls, or of a member in this process. */
export class Access {
  readonly #dialing: Dialing;
  readonly #behalf: string;
  /** Credentials of a login: a new certificate can take their place. */
  readonly #login: TlsDialing | undefined;

  /** @throws {TypeError} for a token that is none, or is for an enrolment, and for roots that are none of a cluster. */
  constructor(options: AccessOptions | TokenAccessOptions) {
    this.#behalf = options instanceof Given ? options.behalf : '';
    this.#login = options instanceof Given || 'token' in options ? undefined : new TlsDialing(ownBundle(options));
    this.#dialing =
      this.#login ?? (options instanceof Given ? options.dialing : byToken(options as TokenAccessOptions));
  }

  /**
   * Takes a new certificate of the same identity, as {@link renewLogin} gives it: clients use it for their next connections, and
   * calls under way go on.
   * @throws {TypeError} where there is no certificate: the identity is that of a token, or of a member in this process.
   */
  renew(options: AccessOptions): void {
    if (!this.#login) throw new TypeError('this identity has no certificate of a login, so there is none to replace');
    this.#login.set(ownBundle(options));
  }

  /** @internal */
  static by(dialing: Dialing, behalf = ''): Access {
    return new Access(new Given(dialing, behalf) as unknown as AccessOptions);
  }

  /** @internal */
  static dialingOf(access: Access): Dialing {
    return access.#dialing;
  }

  /** @internal */
  static behalfOf(access: Access): string {
    return access.#behalf;
  }
}

const ownBundle = ({ domain, roots, certificate, key }: AccessOptions): Bundle => ({
  domain,
  roots,
  certificate,
  key: new Secret(key),
});

function byToken({ roots, token: text }: TokenAccessOptions): TlsDialing {
  const token = parseToken(text);
  if ('problem' in token) throw new TypeError(`token: ${token.problem}`);
  if (token.use !== 'bearer') throw new TypeError(`token: ${token.id} is for an enrolment: "skep login HOST"`);
  const domain = roots.map(domainOfRoot).find((one) => one !== undefined);
  if (domain === undefined) throw new TypeError('roots: there is no certificate of a CA of a cluster');
  return new TlsDialing({ domain, roots, token: new Secret(text.trim()) });
}
