import { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import {
  type CallCredentials,
  type ChannelCredentials,
  type ChannelOptions,
  credentials,
  Metadata,
} from '@grpc/grpc-js';
import type { Secret } from '../base/secret.js';
import { StoreError } from '../base/store-error.js';
import { serverNameOf, shortName, tokenServerNameOf } from '../identity/index.js';
import { readCertificate } from '../pki/index.js';
import { authorizationKey } from './forwarded.js';

/** Makes the credentials of outgoing connections. */
export interface Dialing {
  /** Grows when credentials change: the next call then makes a new connection, and calls under way keep the old one. */
  readonly generation: number;
  readonly options: ChannelOptions;
  /** Credentials for a connection to any member, or only to the one with this id. Throws when there are none yet. */
  credentials(member?: number): ChannelCredentials;
}

/** Connections in clear text. */
export const clearText: Dialing = {
  generation: 0,
  options: {},
  credentials: () => credentials.createInsecure(),
};

/** Credentials of one side: the roots that it trusts, and where it has an identity its certificate and key, in PEM. */
export interface Bundle {
  readonly domain: string;
  readonly roots: readonly string[];
  readonly certificate?: string;
  readonly key?: Secret;
  /** Token that proves each call, in the place of a certificate. */
  readonly token?: Secret;
}

/** TLS to members of one trust domain. An address plays no part: the URI of the certificate says who answers. */
export class TlsDialing implements Dialing {
  #bundle: Bundle | undefined;
  #generation = 0;

  constructor(bundle?: Bundle) {
    this.#bundle = bundle;
  }

  get generation(): number {
    return this.#generation;
  }

  get bundle(): Bundle | undefined {
    return this.#bundle;
  }

  /** Takes other credentials, for connections from now on. */
  set(bundle: Bundle): void {
    this.#bundle = bundle;
    this.#generation++;
  }

  get options(): ChannelOptions {
    const { domain, token } = this.#mustBundle();
    const name = token ? tokenServerNameOf(domain) : serverNameOf(domain);
    // One name for every member. Without it the address would be sent as the server name, which no IP address may be.
    return { 'grpc.ssl_target_name_override': name, 'grpc.default_authority': name };
  }

  credentials(member?: number): ChannelCredentials {
    const { domain, roots, certificate, key, token } = this.#mustBundle();
    const trusted = roots.map((root) => new X509Certificate(root));
    const pair = certificate !== undefined && key !== undefined;
    const channel = credentials.createSsl(
      Buffer.from(roots.join('\n')),
      pair ? Buffer.from(key.reveal()) : null,
      pair ? Buffer.from(certificate) : null,
      {
        rejectUnauthorized: true, // whatever NODE_TLS_REJECT_UNAUTHORIZED says
        checkServerIdentity: (_name, shown) => wrongServer(shown, trusted, { domain, member }),
      },
    );
    return token ? channel.compose(showing(token)) : channel;
  }

  #mustBundle(): Bundle {
    if (!this.#bundle) throw new StoreError('UNAUTHENTICATED', 'this process has no certificate yet');
    return this.#bundle;
  }
}

/** Shows a token with each call. */
function showing(token: Secret): CallCredentials {
  return credentials.createFromMetadataGenerator((_options, done) => {
    const metadata = new Metadata();
    metadata.set(authorizationKey, `Bearer ${token.reveal()}`);
    done(null, metadata);
  });
}

/**
 * TLS that trusts any server, for the one question that needs no trust: the roots of a cluster, which the asker compares
 * with a digest that it has. Nothing secret may be sent.
 */
export const unverified: Dialing = {
  generation: 0,
  options: { 'grpc.use_local_subchannel_pool': 1, 'grpc.ssl_target_name_override': 'enrolment.skep' },
  credentials: () =>
    credentials.createSsl(null, null, null, { rejectUnauthorized: false, checkServerIdentity: () => undefined }),
};

/** Returns an error unless the server is a member of the domain, and the one that was called. */
function wrongServer(
  { raw }: PeerCertificate,
  roots: readonly X509Certificate[],
  { domain, member }: { readonly domain: string; readonly member: number | undefined },
): Error | undefined {
  const shown = readCertificate(new X509Certificate(raw), roots, 'server');
  if ('problem' in shown) return new TypeError(shown.problem);
  const { identity } = shown;
  if (identity.domain !== domain || identity.kind !== 'member')
    return new TypeError(`the server is ${shortName(identity)}, not a member of this cluster`);
  if (member === undefined || identity.name === String(member)) return undefined;
  return new TypeError(`the server is ${shortName(identity)}, expected member/${member}: it has moved`);
}
