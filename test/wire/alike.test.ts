import { describe, expect, it } from 'vitest';
import { type Task } from '../../src/kinds/index.js';
import { MemoryStore } from '../../src/state/index.js';
import { messageCodec, TooManyError } from '../../src/wire/index.js';
import { itemsMax } from '../../src/wire/limits.js';

const codec = messageCodec<Task>('Task');
const requestCodec = messageCodec<Task>('Task', { request: true });

async function taskWith(env: readonly string[], id = 'a'): Promise<Task> {
  const labels = { stack: 'shop' };
  return new MemoryStore().update((tx) =>
    tx.tasks().create({
      id,
      spec: { container: { image: 'registry.example/shop/web:1', env } },
      serviceAnnotations: { name: 'web', labels },
    }),
  );
}

describe('what many objects have alike', () => {
  it('is decoded to one object for all tasks of a service', async () => {
    const [one, other] = [await taskWith(['A=1']), await taskWith(['A=1'], 'b')].map((task) =>
      codec.decode(codec.encode(task)),
    );
    expect(other).toMatchObject({ id: 'b' });
    expect(other?.spec).toBe(one?.spec);
    expect(other?.serviceAnnotations).toBe(one?.serviceAnnotations);
    expect(Object.isFrozen(one?.spec.container?.env)).toBe(true);
  });

  it('is decoded anew where one byte is different', async () => {
    // More of them than are remembered, so that some take the places of others.
    const envs = Array.from({ length: 9_000 }, (_, n) => [`A=${n}`, `B=${n % 7}`]);
    const bytes = await Promise.all([0, 1].flatMap(() => envs.map(async (env) => codec.encode(await taskWith(env)))));
    const decoded = bytes.map((task) => codec.decode(task).spec.container?.env);
    expect(decoded).toEqual([...envs, ...envs]);
  });

  it('is not shared when it is long: what is remembered stays in memory', async () => {
    const bytes = codec.encode(await taskWith(['A='.padEnd(1_100, 'x')]));
    expect(codec.decode(bytes).spec).toEqual(codec.decode(bytes).spec);
    expect(codec.decode(bytes).spec).not.toBe(codec.decode(bytes).spec);
  });

  it('counts in every request, however often it was read before', async () => {
    const many = await taskWith(Array.from({ length: itemsMax + 1 }, () => ''));
    const bytes = codec.encode(many);
    expect(codec.decode(bytes)).toEqual(many);
    expect(() => requestCodec.decode(bytes)).toThrow(TooManyError);
    const one = requestCodec.decode(codec.encode(await taskWith(['A=1'])));
    const other = requestCodec.decode(codec.encode(await taskWith(['A=1'])));
    expect(one.spec).toEqual(other.spec);
    expect(one.spec).not.toBe(other.spec);
  });
});
