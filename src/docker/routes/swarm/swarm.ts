import { plainEqual } from '../../../base/plain.js';
import { canonicalObject, type Cluster, kindOf, specVersionOf } from '../../../kinds/index.js';
import { ApiError } from '../../answers.js';
import { readClusterSpec } from '../../convert/read-swarm.js';
import { clusterJson } from '../../convert/swarm-object.js';
import type { Exchange } from '../../exchange.js';
import type { Route } from '../../router.js';
import type { SwarmBackend } from '../../swarm/backend.js';
import { refuseOld, unsupported } from '../../swarm/refusals.js';
import { checkVersion, retried, swarmRoute, versionIn } from '../../swarm/requests.js';
import { settingsOf } from '../../swarm/settings.js';

const noMeta = { version: 0, createdAt: 0, updatedAt: 0 };

/** `GET /swarm`. In the place of tokens stands the command that does what they are for. */
function inspect(x: Exchange, backend: SwarmBackend): void {
  const { id, members } = backend.cluster();
  const addr = (members.find(({ leader }) => leader) ?? members[0])?.addr ?? '';
  x.send(200, {
    ...clusterJson(id, settingsOf(backend).cluster),
    JoinTokens: {
      Worker: '(no token: engines join when discovery names them, for example by "skep join")',
      Manager: `(no token: managers join by "skep manager --join ${addr}")`,
    },
  });
}

/** `POST /swarm/update`: the settings that skep has. */
async function update(x: Exchange, backend: SwarmBackend): Promise<void> {
  const seen = versionIn(x, 'swarm');
  for (const name of ['rotateWorkerToken', 'rotateManagerToken'])
    if (x.flag(name)) throw unsupported('skep has no join tokens to rotate');
  if (x.flag('rotateManagerUnlockKey')) throw unsupported('skep does not lock managers: there is no key to rotate');
  const body = await x.json();
  await retried(async () => {
    const { cluster, stored } = settingsOf(backend);
    if (stored) checkVersion('swarm', cluster, seen);
    else if (seen !== 0) refuseOld('swarm');
    const spec = readClusterSpec(body, cluster.spec);
    const object = canonicalObject(kindOf('cluster'), { ...cluster, spec }, cluster.id, noMeta) as Cluster;
    if (plainEqual(object.spec, cluster.spec)) return;
    await backend.write(
      [
        stored
          ? { do: 'update', kind: 'cluster', object, specVersion: specVersionOf(cluster) }
          : { do: 'create', kind: 'cluster', object },
      ],
      { reason: 'docker swarm update', signal: x.signal },
    );
  });
  x.sendNothing(200);
}

const partOf =
  'This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.';

const refuse = (status: number, message: string) => () => {
  throw new ApiError(status, message);
};

export const swarmRoutes: readonly Route[] = [
  swarmRoute('GET', '/swarm', inspect),
  swarmRoute('GET', '/swarm/unlockkey', (x) => x.send(200, { UnlockKey: '' })),
  swarmRoute('POST', '/swarm/update', update),
  swarmRoute('POST', '/swarm/init', refuse(503, `${partOf} A cluster of skep begins with "skep manager".`)),
  swarmRoute('POST', '/swarm/join', refuse(503, `${partOf} Managers of skep join by "skep manager --join HOST:PORT".`)),
  swarmRoute(
    'POST',
    '/swarm/leave',
    refuse(
      503,
      'You are attempting to leave the swarm on a node that is participating as a manager. ' +
        'Take it out with "skep member remove NAME", and an engine by taking it out of discovery.',
    ),
  ),
  swarmRoute('POST', '/swarm/unlock', refuse(409, 'swarm is not locked')),
];
