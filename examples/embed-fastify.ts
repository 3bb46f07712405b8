/** A member of the cluster inside a Fastify app: state that all instances share, read at the speed of memory. */
import fastify, { type FastifyInstance } from 'fastify';
import { defineKind, type OpenReplica, openReplica, type OpenReplicaOptions, schema as s } from 'skep';

/** Something that all instances count together. */
export const visits = defineKind({ name: 'visits', schema: s.object({ count: s.uint() }) });

/** Makes an app whose replica opens and closes with it. Any instance takes writes: followers forward them. */
export async function visitsApp(
  options: OpenReplicaOptions,
): Promise<{ readonly app: FastifyInstance; readonly replica: OpenReplica }> {
  const replica = await openReplica({ ...options, kinds: [visits] });
  const app = fastify();
  app.get('/visits/:id', ({ params }) => {
    const { id } = params as { readonly id: string };
    return { count: replica.store.view((tx) => tx.kind(visits).get(id)?.count ?? 0) };
  });
  app.post('/visits/:id', async ({ params }) => {
    const { id } = params as { readonly id: string };
    return replica.store.update(
      (tx) => {
        const table = tx.kind(visits);
        const count = (table.get(id)?.count ?? 0) + 1;
        if (count === 1) table.create({ id, count });
        else table.update({ id, count });
        return { count };
      },
      { forward: true },
    );
  });
  app.addHook('onClose', () => replica.close());
  return { app, replica };
}
