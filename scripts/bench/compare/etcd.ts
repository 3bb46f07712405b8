import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { freePort, until } from '../../waiting.js';
import { type Peer, value } from './peer.js';

/** The fields of etcd's API that are used here, with their numbers. */
const root = protobuf.parse(`
  syntax = "proto3";
  message PutRequest { bytes key = 1; bytes value = 2; }
  message PutResponse {}
  message RangeRequest { bytes key = 1; }
  message RangeResponse { int64 count = 4; }
  message WatchCreateRequest { bytes key = 1; bytes range_end = 2; }
  message WatchRequest { WatchCreateRequest create_request = 1; }
  message Event { int32 type = 1; }
  message WatchResponse { bool created = 3; repeated Event events = 11; }
`).root;

const codec = (name: string) => {
  const type = root.lookupType(name);
  return {
    write: (message: object) => Buffer.from(type.encode(type.create(message)).finish()),
    read: (bytes: Buffer) => type.decode(bytes) as unknown as { created?: boolean; events?: unknown[] },
  };
};

/** Three etcd members on loopback with their defaults, and one client with one connection to the leader. */
export class Etcd implements Peer {
  readonly name = 'etcd';
  readonly #members: ChildProcess[];
  readonly #client: Client;
  readonly #dir: string;

  private constructor(dir: string, members: ChildProcess[], client: Client) {
    this.#dir = dir;
    this.#members = members;
    this.#client = client;
  }

  static async start(): Promise<Etcd> {
    const dir = await mkdtemp(join(tmpdir(), 'skep-bench-etcd-'));
    const places = await Promise.all([1, 2, 3].map(async () => ({ client: await freePort(), peer: await freePort() })));
    const cluster = places.map(({ peer }, i) => `e${i + 1}=http://127.0.0.1:${peer}`).join(',');
    const said = places.map(() => '');
    const members = places.map(({ client, peer }, i) => {
      const name = `e${i + 1}`;
      const [clientUrl, peerUrl] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
      const args = [
        ...['--name', name, '--data-dir', join(dir, name), '--initial-cluster', cluster, '--logger', 'zap'],
        ...['--listen-client-urls', clientUrl, '--advertise-client-urls', clientUrl],
        ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
      ];
      const child = spawn('etcd', args, { stdio: ['ignore', 'ignore', 'pipe'] });
      child.stderr.on('data', (text: Buffer) => (said[i] += text.toString()));
      return child;
    });
    await until('etcd serves', () => said.every((text) => text.includes('serving client traffic')));
    const led = said.map((text) => [...text.matchAll(/elected leader ([0-9a-f]+)/g)].at(-1)?.[1]);
    const leader = Math.max(
      0,
      said.findIndex((text) => text.includes(`${led[0]} became leader`)),
    );
    const client = new Client(`127.0.0.1:${places[leader]?.client}`, credentials.createInsecure());
    return new Etcd(dir, members, client);
  }

  get pids(): number[] {
    return this.#members.map(({ pid }) => pid as number);
  }

  write(key: string): Promise<unknown> {
    return this.#ask('/etcdserverpb.KV/Put', 'PutRequest', 'PutResponse', {
      key: Buffer.from(key),
      value: Buffer.from(value),
    });
  }

  read(key: string): Promise<unknown> {
    return this.#ask('/etcdserverpb.KV/Range', 'RangeRequest', 'RangeResponse', { key: Buffer.from(key) });
  }

  async watch(watchers: number, seen: () => void): Promise<{ stop(): Promise<void> }> {
    const [request, response] = [codec('WatchRequest'), codec('WatchResponse')];
    const streams: ClientDuplexStream<object, { created?: boolean; events?: unknown[] }>[] = [];
    const begun = Array.from({ length: watchers }, () => {
      const stream = this.#client.makeBidiStreamRequest<object, { created?: boolean; events?: unknown[] }>(
        '/etcdserverpb.Watch/Watch',
        request.write,
        response.read,
      );
      streams.push(stream);
      stream.on('error', () => undefined);
      stream.write({ createRequest: { key: Buffer.of(0), rangeEnd: Buffer.of(0) } });
      return new Promise<void>((resolve) => {
        stream.on('data', ({ created, events = [] }) => {
          if (created) resolve();
          for (let i = 0; i < events.length; i++) seen();
        });
      });
    });
    await Promise.all(begun);
    const stop = () => {
      for (const stream of streams) stream.cancel();
      return Promise.resolve();
    };
    return { stop };
  }

  async close(): Promise<void> {
    this.#client.close();
    for (const child of this.#members) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    await rm(this.#dir, { recursive: true, force: true });
  }

  #ask(path: string, requestType: string, responseType: string, request: object): Promise<unknown> {
    const { write } = codecs.get(requestType) as ReturnType<typeof codec>;
    const { read } = codecs.get(responseType) as ReturnType<typeof codec>;
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(path, write, read, request, { deadline: Date.now() + 30_000 }, (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
    });
  }
}

const codecs = new Map(
  ['PutRequest', 'PutResponse', 'RangeRequest', 'RangeResponse'].map((name) => [name, codec(name)]),
);
