import { Client as GrpcClient, credentials } from '@grpc/grpc-js';
import type { ReflectionService } from '@grpc/reflection';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { OpenMembers } from '../support/manager-open.js';

/** Number of definitions that each reflection of this process was made of. */
const made: number[] = [];
vi.mock('@grpc/reflection', async (original) => {
  const real = await original<{ ReflectionService: typeof ReflectionService }>();
  class Counted extends real.ReflectionService {
    constructor(...given: ConstructorParameters<typeof ReflectionService>) {
      super(...given);
      made.push(Object.keys(given[0]).length);
    }
  }
  return { ...real, ReflectionService: Counted };
});

const same = (bytes: Buffer) => bytes;

/** Asks for the list of services: ServerReflectionRequest { list_services: "" }. The names are text within the answer. */
function listed(client: GrpcClient, version: string): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    const stream = client.makeBidiStreamRequest(path, same, same);
    stream.on('data', (bytes: Buffer) => {
      resolve(bytes.toString('latin1'));
      stream.end();
    });
    stream.on('error', reject);
    stream.write(Buffer.from([0x3a, 0]));
  });
}

describe('reflection', () => {
  let members: OpenMembers | undefined;
  afterEach(() => members?.close());

  it('costs a start nothing: the first question of a process reads the protocol, once', async () => {
    members = await OpenMembers.start(2);
    expect(made.filter((definitions) => definitions > 0)).toEqual([]);

    const clients = members.hosts.map((host) => new GrpcClient(host, credentials.createInsecure()));
    try {
      for (const client of clients)
        for (const version of ['v1', 'v1alpha'])
          for (const name of ['Control', 'Raft']) expect(await listed(client, version)).toContain(`skep.v1.${name}`);
      expect(made.filter((definitions) => definitions > 0)).toHaveLength(1);
    } finally {
      for (const client of clients) client.close();
    }
  });
});
