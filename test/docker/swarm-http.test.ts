import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SwarmBackend, TaskLogOptions } from '../../src/docker/index.js';
import type { Task } from '../../src/kinds/index.js';
import { ask, begin, outputOf, type Reply, type ServedFleet, serveFleet } from '../support/docker-http.js';
import { until } from '../support/processes.js';
import { SwarmWorld } from '../support/swarm-world.js';

const answersOf = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, 'swarm-answers', file), 'utf8'));
const answers = answersOf('answers.json') as Record<string, any>;

const id = (digit: string) => digit.repeat(25);

describe('the swarm half of the Docker API', () => {
  let world: SwarmWorld;
  let served: ServedFleet;
  const logs: { task: Task; options: TaskLogOptions }[] = [];

  const get = (path: string) => ask(served.address, 'GET', path);
  const post = (path: string, body?: unknown, headers?: Record<string, string>) =>
    ask(served.address, 'POST', path, body, headers);
  const remove = (path: string) => ask(served.address, 'DELETE', path);
  const list = async (path: string, filters: object): Promise<any[]> => {
    const answer = await get(`${path}?filters=${encodeURIComponent(JSON.stringify(filters))}`);
    expect(answer.status, answer.text).toBe(200);
    return answer.json;
  };
  const spec = (name: string, container: object = {}, more: object = {}) => ({
    Name: name,
    TaskTemplate: { ContainerSpec: { Image: 'busybox', ...container } },
    ...more,
  });
  const create = async (name: string, container: object = {}, more: object = {}): Promise<string> => {
    const made = await post('/services/create', spec(name, container, more));
    expect(made.status, made.text).toBe(201);
    return made.json.ID;
  };
  const made = async (path: string, body: unknown): Promise<string> => {
    const answer = await post(path, body);
    expect(answer.status, answer.text).toBe(201);
    return answer.json.ID ?? answer.json.Id;
  };
  const running = (service: string, count = 1) =>
    until(`${count} tasks of ${service} run`, async () => {
      const tasks = await list('/tasks', { service: [service], 'desired-state': ['running'] });
      return tasks.filter(({ Status: status }) => status.State === 'running').length === count;
    });
  /** Updates what is there, as the command line does: reads the whole spec and sends it back. */
  const change = async (path: string, edit: (spec: any) => unknown, query = ''): Promise<Reply> => {
    const { json } = await get(path);
    const changed = structuredClone(json.Spec);
    const body = edit(changed) ?? changed;
    return post(`${path}/update?version=${json.Version.Index}${query}`, body);
  };

  beforeEach(async () => {
    logs.length = 0;
    world = new SwarmWorld();
    await world.addNode(id('1'), 'node-1', {
      ...{ role: 'manager', managerStatus: { memberId: '1', addr: '127.0.0.1:4242' } },
      spec: { desiredRole: 'manager', annotations: { labels: { zone: 'a' } } },
    });
    await world.addNode(id('2'), 'node-2');
    const output: SwarmBackend['logs'] = (task, options) => {
      logs.push({ task, options });
      const line = (text: string) => {
        const data = Buffer.from(`${options.timestamps ? '2026-01-01T00:00:00Z ' : ''}${text}\n`);
        const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
        head.writeUInt32BE(data.length, 4);
        return Buffer.concat([head, data]);
      };
      const bytes = Buffer.concat([line(`one of ${task.slot}`), line('two')]);
      return Promise.resolve(Readable.from([bytes.subarray(0, 5), bytes.subarray(5)]));
    };
    served = await serveFleet([{ name: 'node-1' }], { swarm: { ...world.backend, logs: output } });
  });
  afterEach(async () => {
    await served.close();
    await world.close();
  });

  describe('shows', () => {
    /** Every field of what Docker answers is in ours, of the same sort; `missing` are those that skep has not. */
    function sameShape(ours: any, theirs: any, missing: readonly string[], path = ''): void {
      if (missing.includes(path)) return;
      if (Array.isArray(theirs)) {
        expect(Array.isArray(ours), path).toBe(true);
        if (theirs.length > 0 && ours.length > 0) sameShape(ours[0], theirs[0], missing, `${path}[]`);
      } else if (typeof theirs === 'object' && theirs !== null) {
        expect(typeof ours, path).toBe('object');
        for (const [name, field] of Object.entries(theirs)) {
          const at = path === '' ? name : `${path}.${name}`;
          if (missing.includes(at)) continue;
          expect(Object.keys(ours), at).toContain(name);
          sameShape(ours[name], field, missing, at);
        }
      } else if (theirs !== null) expect(typeof ours, path).toBe(typeof theirs);
    }

    const tls = (prefix: string) => ['TrustRoot', 'CertIssuerSubject', 'CertIssuerPublicKey'].map((name) => `${prefix}TLSInfo.${name}`); // prettier-ignore

    it('the cluster in info and in /swarm as Docker does', async () => {
      const { Swarm: swarm } = (await get('/info')).json;
      const noCertificates = ['Spec.CAConfig.NodeCertExpiry', ...tls('')];
      const inInfo = noCertificates.map((path) => `Cluster.${path}`);
      sameShape(swarm, answers['info.Swarm'], inInfo);
      expect(swarm).toMatchObject({ NodeID: id('1'), Nodes: 2, Managers: 1, LocalNodeState: 'active' });
      sameShape((await get('/swarm')).json, answers['GET /swarm'], noCertificates);
      expect((await get('/swarm')).json.JoinTokens.Manager).toContain('skep manager --join 127.0.0.1:4242');
      expect((await get('/_ping')).headers.swarm).toBe('active/manager');
    });

    it('nodes', async () => {
      sameShape((await get('/nodes/node-1')).json, answers['GET /nodes/ID'], [
        ...['Description.Engine.Labels', ...tls('Description.')],
      ]);
      expect(await list('/nodes', { role: ['manager'] })).toMatchObject([{ ManagerStatus: { Leader: true } }]);
    });

    it('a service with every flag, its tasks, files and networks', async () => {
      const network = await made('/networks/create', { Name: 'n1', Driver: 'overlay', Attachable: true, Labels: null });
      const secret = await made('/secrets/create', { Name: 's1', Labels: {}, Data: 'cw==' });
      const config = await made('/configs/create', { Name: 'c1', Data: 'Yw==', Templating: { Name: 'golang' } });
      const posted = structuredClone(answers['POST /services/create (request, many flags)']);
      for (const one of posted.TaskTemplate.ContainerSpec.Secrets) one.SecretID = secret;
      for (const one of posted.TaskTemplate.ContainerSpec.Configs) one.ConfigID = config;
      posted.TaskTemplate.Networks[0].Target = 'n1';
      posted.TaskTemplate.Placement.Constraints = ['node.labels.zone==a'];
      const service = await made('/services/create', posted);
      await running(service);
      const noVip = ['Endpoint.VirtualIPs'];
      const { json } = await get(`/services/${service}?insertDefaults=true`);
      sameShape(json, answers['GET /services/ID?insertDefaults=true'], [...noVip]);
      expect(json.Spec.TaskTemplate.Networks).toEqual([{ Target: network, Aliases: ['al'] }]);
      expect(json.Spec.TaskTemplate.ContainerSpec).toMatchObject(posted.TaskTemplate.ContainerSpec);
      const [task] = await list('/tasks', { service: ['rich'] });
      sameShape(task, answers['GET /tasks (running, host port)'], [
        // There are no addresses of virtual networks, and nothing reports ports of the host here.
        ...['Status.PortStatus.Ports', 'NetworksAttachments[].Addresses', 'NetworksAttachments[].Network.DriverState'],
        ...['NetworksAttachments[].Network.Spec', 'NetworksAttachments[].Network.IPAMOptions'],
      ]);
      const { json: shown } = await get('/networks/n1');
      sameShape(shown, answers['GET /networks/n1'], ['Labels', 'IPAM.Config[]', 'Options']);
      sameShape((await get('/configs/c1')).json, answers['GET /configs/c1'], []);
      const shownSecret = (await get('/secrets/s1')).json;
      sameShape(shownSecret, answers['GET /secrets/s1'], []);
      expect(JSON.stringify([shownSecret, await list('/secrets', {})])).not.toContain('cw==');
    });

    it('tasks that wait or failed in the words of Docker', async () => {
      const { constraint, exit } = answersOf('task-status.json');
      const waiting = await create(
        'never',
        {},
        {
          TaskTemplate: { ContainerSpec: { Image: 'i' }, Placement: { Constraints: ['node.labels.gpu==yes'] } },
        },
      );
      await until('it waits', async () => (await list('/tasks', { service: [waiting] }))[0]?.Status.Err);
      const [pending] = await list('/tasks', { service: [waiting] });
      sameShape(pending, answers['GET /tasks (pending)'], ['Spec.ContainerSpec', 'Spec.Resources.Limits', 'Spec.Resources.Reservations']); // prettier-ignore
      expect(pending.Status.Err).toBe(constraint.err.replace('1 node', '2 nodes'));
      await create('fails', { Args: ['false'] });
      await until(
        'it failed',
        async () => (await list('/tasks', { name: ['fails'], 'desired-state': ['shutdown'] })).length > 0,
      );
      const [failed] = await list('/tasks', { name: ['fails'], 'desired-state': ['shutdown'] });
      expect(failed.Status).toMatchObject({ State: 'failed', Err: exit.err, ContainerStatus: { ExitCode: 1 } });
    });

    it('jobs with the number of their run, and how many tasks are complete', async () => {
      const mode = { Mode: { ReplicatedJob: { MaxConcurrent: 2, TotalCompletions: 3 } } };
      const job = await create('job', { Args: ['true'] }, mode);
      const status = async () => (await get('/services?status=true')).json[0].ServiceStatus;
      await until('three are complete', async () => (await status()).CompletedTasks === 3);
      expect(await status()).toEqual({ RunningTasks: 0, DesiredTasks: 2, CompletedTasks: 3 });
      const { json } = await get(`/services/${job}`);
      sameShape(json.JobStatus.LastExecution, answers['GET /services/ID (job)'].JobStatus.LastExecution, []);
      for (const task of await list('/tasks', { service: [job] })) {
        expect(task.JobIteration).toEqual(json.JobStatus.JobIteration);
      }
      await world.hold(); // else tasks of the new run may be complete before they are counted
      expect((await change(`/services/${job}`, (one) => void (one.TaskTemplate.ForceUpdate = 1))).status).toBe(200);
      expect((await status()).CompletedTasks).toBe(0);
    });
  });

  describe('finds', () => {
    it('an object by its id, its exact name, and the beginning of its id; else 404, or 400 for several', async () => {
      const web = await create('web');
      await create('web2');
      for (const name of [web, 'web', web.slice(0, 20)]) expect((await get(`/services/${name}`)).json.ID).toBe(web);
      expect(await get('/services/WEB')).toMatchObject({ status: 404, json: { message: 'service WEB not found' } });
      const twins = ['aa', 'ab'].map((end) => `${'t'.repeat(23)}${end}`);
      for (const twin of twins) await world.store.update((tx) => void tx.secrets().create({ id: twin, spec: { annotations: { name: twin.slice(-2) }, data: 'YQ==' } })); // prettier-ignore
      expect(await get('/secrets/ttt')).toMatchObject({
        status: 400,
        json: { message: 'secret ttt is ambiguous (2 matches found)' },
      });
      expect((await get(`/secrets/${twins[0]}`)).status).toBe(200);
      expect((await get('/nodes/node-2')).json.ID).toBe(id('2'));
      await world.addNode(id('3'), 'node-2');
      expect((await get('/nodes/node-2')).status).toBe(400);
    });

    it.each([
      ['/services', { name: ['we'] }, ['web', 'web2']],
      ['/services', { name: { web2: true } }, ['web2']],
      ['/services', { label: ['tier'] }, ['web']],
      ['/services', { label: { 'tier=back': true } }, []],
      ['/services', { mode: ['global'] }, ['everywhere']],
      ['/services', { id: ['nosuch'] }, []],
      ['/nodes', { 'node.label': ['zone=a'] }, ['node-1']],
      ['/nodes', { name: ['node'], role: ['worker'] }, ['node-2']],
      ['/nodes', { membership: ['pending'] }, []],
    ])('in the list %s with the filters %j', async (path, filters, names) => {
      await create('web', {}, { Labels: { tier: 'front' } });
      await create('web2');
      await create('everywhere', {}, { Mode: { Global: {} } });
      const found = await list(path, filters);
      expect(found.map((one) => one.Spec.Name ?? one.Description.Hostname).sort()).toEqual(names);
    });

    it('tasks by service, node, state and label, and those of a service that is gone', async () => {
      const web = await create('web', {}, { Labels: { stack: 'st' }, Mode: { Replicated: { Replicas: 2 } } });
      await running(web, 2);
      expect(await list('/tasks', { node: ['node-2'] })).toHaveLength(1);
      expect((await list('/tasks', { node: ['self'], service: ['web'] }))[0].NodeID).toBe(id('1'));
      expect(await list('/tasks', { name: ['web.2'] })).toMatchObject([{ Slot: 2 }]);
      expect(await list('/tasks', { 'desired-state': ['shutdown'] })).toEqual([]);
      expect(await list('/tasks', { '_up-to-date': ['true'], service: [web] })).toHaveLength(2);
      expect((await remove('/services/web')).status).toBe(200);
      const left = await list('/tasks', { label: ['stack=st'] });
      expect(left.map(({ ServiceID: service }) => service)).toEqual([web, web]);
      await until('they are gone', async () => (await list('/tasks', { label: ['stack=st'] })).length === 0);
    });

    it('only the tasks that equal the spec where they are asked for', async () => {
      const web = await create('web', {}, { UpdateConfig: { Parallelism: 1, Order: 'stop-first' }, Mode: { Replicated: { Replicas: 2 } } }); // prettier-ignore
      await running(web, 2);
      await change(`/services/${web}`, (one) => void (one.TaskTemplate.ContainerSpec.Env = ['A=1']));
      const [current] = await list('/tasks', { service: [web], '_up-to-date': ['true'] });
      expect(current?.Spec.ContainerSpec.Env ?? ['A=1']).toEqual(['A=1']);
      await until(
        'both are new',
        async () => (await list('/tasks', { service: [web], '_up-to-date': ['true'] })).length === 2,
      );
      // Another placement that the nodes meet makes no task old.
      await change(
        `/services/${web}`,
        (one) => void (one.TaskTemplate.Placement = { Constraints: ['node.role != none'] }),
      );
      expect(await list('/tasks', { service: [web], '_up-to-date': ['true'] })).toHaveLength(2);
    });

    it('nothing for a filter that does not exist', async () => {
      for (const path of ['/services', '/tasks', '/nodes', '/secrets', '/configs', '/networks']) {
        const answer = await get(`${path}?filters={"x":["y"]}`);
        expect(answer, path).toMatchObject({ status: 400, json: { message: "Invalid filter 'x'" } });
      }
      expect((await get('/tasks?filters={"desired-state":["nonsense"]}')).json.message).toBe(
        "Invalid desired-state filter: 'nonsense'",
      );
    });
  });

  describe('updates', () => {
    it('a whole spec, and only on the version that the client has seen', async () => {
      const web = await create('web');
      const { json: old } = await get(`/services/${web}`);
      const scaled = { ...old.Spec, Mode: { Replicated: { Replicas: 3 } } };
      expect((await post(`/services/${web}/update?version=${old.Version.Index}`, scaled)).json).toEqual({
        Warnings: null,
      });
      await running(web, 3);
      const stale = await post(`/services/${web}/update?version=${old.Version.Index}`, scaled);
      expect(stale).toMatchObject({
        status: 500,
        json: { message: expect.stringContaining('update out of sequence') },
      });
      for (const version of ['', 'x', '-1']) {
        const answer = await post(`/services/${web}/update?version=${version}`, scaled);
        expect(answer).toMatchObject({
          status: 400,
          json: { message: expect.stringContaining('invalid service version') },
        });
      }
      const ahead = await post(`/services/${web}/update?version=999999`, scaled);
      expect(ahead.json.message).toContain('update out of sequence');
    });

    it('although the progress of an update was written meanwhile', async () => {
      const web = await create('web');
      await running(web);
      await world.hold(); // else the update may be over before it is seen
      await change(`/services/${web}`, (one) => void (one.TaskTemplate.ForceUpdate = 1));
      const { json: seen } = await get(`/services/${web}`);
      world.resume();
      await until(
        'its progress is written',
        async () => (await get(`/services/${web}`)).json.Version.Index > seen.Version.Index,
      );
      const body = { ...seen.Spec, Mode: { Replicated: { Replicas: 2 } } };
      expect((await post(`/services/${web}/update?version=${seen.Version.Index}`, body)).status).toBe(200);
      expect((await get(`/services/${web}`)).json.UpdateStatus?.State).not.toBe('');
    });

    it('nothing when the spec is equal: the spec before stays the one to go back to', async () => {
      const web = await create('web', { Env: ['A=1'] });
      await change(`/services/${web}`, (one) => void (one.TaskTemplate.ContainerSpec.Env = ['A=2']));
      await until('it rests', async () => (await get(`/services/${web}`)).json.UpdateStatus?.State === 'completed');
      const { json: old } = await get(`/services/${web}`);
      expect((await change(`/services/${web}`, () => undefined)).status).toBe(200);
      // As the command line sends it: without what the server adds, and with fields that say nothing.
      const { Runtime: _runtime, ...template } = old.Spec.TaskTemplate;
      const sent = { ...old.Spec, TaskTemplate: { ...template, Resources: { Limits: {}, Reservations: {} } } };
      expect((await post(`/services/${web}/update?version=${old.Version.Index}`, sent)).status).toBe(200);
      const { json: after } = await get(`/services/${web}`);
      expect(after.Version.Index).toBe(old.Version.Index);
      expect(after.PreviousSpec.TaskTemplate.ContainerSpec.Env).toEqual(['A=1']);
    });

    it('with credentials for the registry, which it keeps and never shows', async () => {
      const auth = (password: string) => ({
        'x-registry-auth': Buffer.from(JSON.stringify({ username: 'ann', password })).toString('base64url'),
      });
      const stored = () => world.store.view((tx) => tx.services().find()[0]?.spec.task.container?.registryAuth);
      const { json } = await post('/services/create', spec('web'), auth('first'));
      expect(stored()).toBe(auth('first')['x-registry-auth']);
      const path = `/services/${json.ID}`;
      await change(path, (one) => void (one.TaskTemplate.ForceUpdate = 1), '&registryAuthFrom=spec');
      expect(stored()).toBe(auth('first')['x-registry-auth']);
      const { json: shown } = await get(path);
      expect(JSON.stringify(shown)).not.toMatch(/registryauth/i);
      await post(`${path}/update?version=${shown.Version.Index}`, shown.Spec, auth('second'));
      expect(stored()).toBe(auth('second')['x-registry-auth']);
    });

    it('back to the spec before, and there again', async () => {
      const web = await create('web', { Env: ['A=1'] });
      await world.hold(); // else the update may be over before it is looked at
      const none = await change(`/services/${web}`, () => undefined, '&rollback=previous');
      expect(none).toMatchObject({ status: 400, json: { message: `service ${web} does not have a previous spec` } });
      await change(`/services/${web}`, (one) => void (one.TaskTemplate.ContainerSpec.Env = ['A=2']));
      expect((await change(`/services/${web}`, () => ({}), '&rollback=previous')).status).toBe(200);
      const { json } = await get(`/services/${web}`);
      expect(json.Spec.TaskTemplate.ContainerSpec.Env).toEqual(['A=1']);
      expect(json.PreviousSpec.TaskTemplate.ContainerSpec.Env).toEqual(['A=2']);
      expect(json.UpdateStatus).toMatchObject({ State: 'rollback_started', Message: 'manually requested rollback' });
    });

    it('neither mode nor name', async () => {
      const web = await create('web');
      expect(await change(`/services/${web}`, (one) => void (one.Mode = { Global: {} }))).toMatchObject({
        status: 501,
      });
      expect(await change(`/services/${web}`, (one) => void (one.Name = 'other'))).toMatchObject({ status: 501 });
    });

    it('a node’s labels and availability, and not its role', async () => {
      const path = `/nodes/${id('2')}`;
      expect(
        (await change(path, (one) => void Object.assign(one, { Availability: 'drain', Labels: { a: 'b' } }))).status,
      ).toBe(200);
      expect((await get(path)).json.Spec).toMatchObject({ Availability: 'drain', Labels: { a: 'b' }, Role: 'worker' });
      const promoted = await change(path, (one) => void (one.Role = 'manager'));
      expect(promoted).toMatchObject({
        status: 400,
        json: { message: expect.stringContaining('skep manager --join') },
      });
      expect((await remove(path)).json.message).toContain("is not down and can't be removed");
      expect((await remove(`${path}?force=1`)).status).toBe(200);
      expect((await remove('/nodes/node-1?force=1')).status).toBe(400);
    });

    it('the settings of the cluster', async () => {
      const swarm = async () => (await get('/swarm')).json;
      const path = async () => `/swarm/update?version=${(await swarm()).Version.Index}`;
      const edited = { ...(await swarm()).Spec, Orchestration: { TaskHistoryRetentionLimit: 3 } };
      expect((await post(await path(), edited)).status).toBe(200);
      expect((await swarm()).Spec.Orchestration.TaskHistoryRetentionLimit).toBe(3);
      expect((await post(await path(), { ...edited, EncryptionConfig: { AutoLockManagers: true } })).status).toBe(400);
      expect((await post(`${await path()}&rotateWorkerToken=true`, edited)).status).toBe(501);
      expect((await post('/swarm/update?version=0', edited)).json.message).toContain('update out of sequence');
    });

    it('a secret’s content: a new object under the name, and the old one for as long as it is used', async () => {
      const first = await made('/secrets/create', { Name: 'key', Labels: { a: 'b' }, Data: 'b25l' });
      const use = (secret: string) => ({
        Secrets: [{ SecretID: secret, SecretName: 'key', File: { Name: 'key', Mode: 292 } }],
      });
      const web = await create('web', use(first));
      const update = (data: string) => change('/secrets/key', (one) => void (one.Data = data));
      const version = async () => (await get('/secrets/key')).json.Version.Index as number;
      const before = await version();
      expect((await update('b25l')).status).toBe(200);
      expect(await version(), 'the same content writes nothing').toBe(before);
      expect((await change('/secrets/key', (one) => void (one.Labels = { a: 'c' }))).status).toBe(200);
      expect((await get('/secrets/key')).json).toMatchObject({ ID: first, Spec: { Labels: { a: 'c' } } });

      expect((await update('dHdv')).status).toBe(200);
      const { json: second } = await get('/secrets/key');
      expect(second.ID).not.toBe(first);
      expect((await get(`/secrets/${first}`)).json.Spec.Name).toBe('key.1');
      await change(`/services/${web}`, (one) => void Object.assign(one.TaskTemplate.ContainerSpec, use(second.ID)));
      // The spec before the last change still names the first: a rollback needs it.
      expect((await update('dGhyZWU=')).status).toBe(200);
      const names = async () => (await list('/secrets', { name: ['key'] })).map((one) => one.Spec.Name).sort();
      expect(await names()).toEqual(['key', 'key.1', 'key.2']);
      expect((await remove('/services/web')).status).toBe(200);
      await until('no task is left', async () => (await list('/tasks', {})).length === 0);
      expect((await update('Zm91cg==')).status).toBe(200);
      expect(await names()).toEqual(['key']);
      expect((await change('/secrets/key', (one) => void (one.Name = 'other'))).status).toBe(400);
    });
  });

  describe('refuses, with the status of Docker,', () => {
    it.each([
      ['GET /nodes/nosuch', 404, 'node nosuch not found'],
      ['DELETE /services/nosuch', 404, 'service nosuch not found'],
      ['DELETE /secrets/nosuch', 404, 'secret nosuch not found'],
      ['GET /configs/nosuch', 404, 'config nosuch not found'],
      ['GET /networks/nosuch', 404, 'network nosuch not found'],
      ['GET /networks/nosuch?scope=swarm', 404, 'network nosuch not found'],
      ['DELETE /networks/nosuch', 404, 'network nosuch not found'],
      ['GET /tasks/nosuch', 404, 'task nosuch not found'],
      ['POST /swarm/init', 503, 'This node is already part of a swarm.'],
      ['POST /swarm/join', 503, 'skep manager --join'],
      ['POST /swarm/leave', 503, 'skep member remove'],
    ])('%s', async (request, status, message) => {
      const [method = '', path = ''] = request.split(' ');
      const answer = await ask(served.address, method, path, method === 'POST' ? {} : undefined);
      expect(answer).toMatchObject({ status, json: { message: expect.stringContaining(message) } });
    });

    const container = (fields: object) => spec('bad', fields);
    const task = (fields: object) => ({ Name: 'bad', TaskTemplate: { ContainerSpec: { Image: 'i' }, ...fields } });

    it.each([
      ['no container', {}, 400, 'mismatched Runtime and *Spec fields'],
      ['a constraint without an operator', task({ Placement: { Constraints: ['node.x'] } }), 400, 'operator'],
      ['too little of a CPU', task({ Resources: { Limits: { NanoCPUs: 100_000 } } }), 400, 'invalid cpu value 0.0001: Must be at least 0.001'],
      ['too little memory', task({ Resources: { Reservations: { MemoryBytes: 65_536 } } }), 400, 'invalid memory value 65536: Must be at least 4MiB'],
      ['a name that is none', spec('bad name'), 400, 'bad name'],
      ['an image that is none', container({ Image: 'BAD:::image' }), 400, 'ContainerSpec: "BAD:::image" is not a valid repository/tag'],
      ['a network that is not there', task({ Networks: [{ Target: 'nosuch' }] }), 404, 'network nosuch not found'],
      ['a secret that is not there', container({ Secrets: [{ SecretID: 'x', SecretName: 'x' }] }), 400, 'which is no secret'],
      ['a name that is taken', spec('rich'), 409, 'name conflicts with an existing object: service rich already exists'],
      ['a port that is taken', { ...spec('p2'), EndpointSpec: { Ports: [{ TargetPort: 1, PublishedPort: 18_082 }] } }, 400, '18082/tcp is published by service rich already'],
      ['a field that skep does not know', { ...spec('x'), Surprise: { a: 1 } }, 400, 'Surprise is not supported by skep; leave it out'],
    ])('a service with %s', async (_what, body, status, message) => {
      await create('rich', {}, { EndpointSpec: { Ports: [{ TargetPort: 81, PublishedPort: 18_082 }] } });
      const answer = await post('/services/create', body);
      expect(answer).toMatchObject({ status, json: { message: expect.stringContaining(message) } });
    }); // prettier-ignore

    it('what is taken and what is in use', async () => {
      const secret = await made('/secrets/create', { Name: 's1', Data: 'YQ==' });
      expect(await post('/secrets/create', { Name: 's1', Data: 'YQ==' })).toMatchObject({ status: 409 });
      expect(await post('/secrets/create', { Name: 'x y', Data: 'YQ==' })).toMatchObject({ status: 400 });
      await made('/networks/create', { Name: 'n1', Driver: 'overlay' });
      expect(await post('/networks/create', { Name: 'n1', Driver: 'overlay' })).toMatchObject({
        status: 409,
        json: { message: 'network with name n1 already exists' },
      });
      const body = spec('rich', { Secrets: [{ SecretID: secret, SecretName: 's1' }] });
      await made('/services/create', { ...body, TaskTemplate: { ...body.TaskTemplate, Networks: [{ Target: 'n1' }] } });
      expect(await remove('/secrets/s1')).toMatchObject({ status: 400 });
      expect(await remove('/networks/n1')).toMatchObject({ status: 400 });
      // Their service gone, its tasks on their way: as docker stack rm has it.
      await running('rich');
      expect((await remove('/services/rich')).status).toBe(200);
      expect((await remove('/secrets/s1')).status).toBe(204);
      expect((await remove('/networks/n1')).status).toBe(204);
    });

    it('everything of the cluster on a manager of engines alone', async () => {
      const alone = await serveFleet([{ name: 'node-1' }]);
      try {
        expect(await ask(alone.address, 'GET', '/services')).toMatchObject({ status: 501 });
        expect((await ask(alone.address, 'GET', '/info')).json.Swarm.LocalNodeState).toBe('inactive');
      } finally {
        await alone.close();
      }
    });
  });

  describe('has networks', () => {
    it('of the cluster beside those of engines', async () => {
      const labels = { 'com.docker.stack.namespace': 'st' };
      await made('/networks/create', { Name: 'st_default', Driver: 'overlay', Labels: labels, CheckDuplicate: true });
      await made('/networks/create', { Name: 'local', Driver: 'bridge' });
      const names = async (filters: object) => (await list('/networks', filters)).map((one) => one.Name).sort();
      expect(await names({ scope: ['swarm'] })).toEqual(['st_default']);
      expect(await names({ label: { 'com.docker.stack.namespace=st': true } })).toEqual(['st_default']);
      expect(await names({ driver: ['overlay'], scope: ['swarm'] })).toEqual(['st_default']);
      expect(await names({ name: ['local'] })).toEqual(['node-1/local']);
      expect(await names({})).toEqual(expect.arrayContaining(['node-1/bridge', 'node-1/local', 'st_default']));
      expect((await get('/networks/st_default')).json).toMatchObject({ Scope: 'swarm', Driver: 'overlay' });
      expect((await get('/networks/local')).json).toMatchObject({ Scope: 'local', Driver: 'bridge' });
      expect((await get('/networks/local?scope=swarm')).status).toBe(404);
      expect((await remove('/networks/local')).status).toBe(204);
    });

    it('that every engine has, for services', async () => {
      const { json } = await get('/networks/host?scope=swarm');
      expect(json).toMatchObject({ Name: 'host', Scope: 'swarm' });
      const web = await made('/services/create', { ...spec('web'), TaskTemplate: { ContainerSpec: { Image: 'i' }, Networks: [{ Target: json.Id }] } }); // prettier-ignore
      await running(web);
    });
  });

  it('reports what happens, beside the events of engines', async () => {
    const following = await begin(served.address, 'GET', '/events');
    let text = '';
    following.setEncoding('utf8').on('data', (part: string) => (text += part));
    following.on('error', () => undefined);
    const since = Math.floor(Date.now() / 1_000);
    const web = await create('web');
    await running(web);
    await change(`/services/${web}`, (one) => void (one.Mode.Replicated.Replicas = 2));
    await change(`/nodes/${id('2')}`, (one) => void (one.Availability = 'pause'));
    await made('/secrets/create', { Name: 's1', Data: 'YQ==' });
    await remove('/secrets/s1');
    await remove(`/services/${web}`);
    const events = () => text.trim().split('\n').map((line) => JSON.parse(line)); // prettier-ignore
    const said = () => events().map(({ Type: type, Action: action }) => `${type} ${action}`);
    const wanted = [
      'service create',
      'service update',
      'node update',
      'secret create',
      'secret remove',
      'service remove',
    ];
    await until('the last one comes', () => said().includes('service remove'));
    expect(
      said()
        .filter((one) => wanted.includes(one))
        .filter((one, at, all) => all[at - 1] !== one),
    ).toEqual(wanted);
    const scaled = events().find(({ Action: action }) => action === 'update');
    expect(scaled).toMatchObject({
      scope: 'swarm',
      Actor: { ID: web, Attributes: { name: 'web', 'replicas.old': '1', 'replicas.new': '2' } },
    });
    following.destroy();
    const until_ = Math.ceil(Date.now() / 1_000) + 1;
    const kept = await get(`/events?since=${since}&until=${until_}&filters={"type":["secret"],"scope":["swarm"]}`);
    expect(kept.text.trim().split('\n').map((line) => JSON.parse(line).Action)).toEqual(['create', 'remove']); // prettier-ignore
  });

  describe('joins the output of tasks', () => {
    it('with details before each line, behind the time', async () => {
      const web = await create('web', {}, { Mode: { Replicated: { Replicas: 2 } } });
      await running(web, 2);
      const answer = await begin(
        served.address,
        'GET',
        '/services/web/logs?stdout=1&stderr=1&details=1&timestamps=1&tail=5',
      );
      const parts: Buffer[] = [];
      for await (const part of answer) parts.push(part as Buffer);
      const lines = outputOf(Buffer.concat(parts)).trim().split('\n').sort(); // prettier-ignore
      expect(lines).toHaveLength(4);
      const [task] = await list('/tasks', { name: ['web.1'] });
      expect(lines).toContain(
        `2026-01-01T00:00:00Z com.docker.swarm.node.id=${task.NodeID},com.docker.swarm.service.id=${web},com.docker.swarm.task.id=${task.ID} one of 1`,
      );
      expect(logs[0]?.options).toMatchObject({
        stdout: true,
        stderr: true,
        tail: '5',
        follow: false,
        timestamps: true,
      });
      const one = await get(`/tasks/${task.ID}/logs?stdout=1`);
      expect(one.text).toContain('one of 1');
      expect((await get('/services/web/logs')).status).toBe(400);
    });

    it('with those that start later, until the client goes away', async () => {
      const web = await create('web');
      await running(web);
      const answer = await begin(served.address, 'GET', '/services/web/logs?stdout=1&follow=1');
      let text = '';
      answer.setEncoding('latin1').on('data', (part: string) => (text += part));
      answer.on('error', () => undefined);
      await until('the first one is read', () => text.includes('one of 1'));
      await change(`/services/${web}`, (one) => void (one.Mode.Replicated.Replicas = 2));
      await until('the second one is read', () => text.includes('one of 2'));
      answer.destroy();
    });
  });
});
