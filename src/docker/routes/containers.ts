import { ApiError } from '../answers.js';
import { containerName } from '../convert/create-body.js';
import { inspectAnswer } from '../convert/inspect.js';
import type { Exchange } from '../exchange.js';
import type { Handler, Route } from '../router.js';
import { askEngine, forever, hijack, passAnswer, type Passing, passThrough, readAnswer } from '../streams.js';
import { listContainers } from './container-list.js';
import { containerNamed, reachableContainer } from './find.js';

/** Limits for an engine to begin its answer, milliseconds. */
const changeMs = 60_000;
/** Stopping lasts as long as the container takes; this comes on top, or stands for it when no time is given. */
const stopMs = 600_000;
/** Engines write archives, layers and lists of changes before they answer. */
const workMs = 600_000;

/** Passes a read to the container's engine. */
const pass =
  (what: string, passing: Passing = {}): Handler =>
  (x) => {
    const { id, engine } = reachableContainer(x);
    return passThrough(x, engine, `/containers/${id}/${what}`, passing);
  };

/** Passes a change to the container's engine, and looks at the container before the client has the answer. */
const change =
  (what: string, startMs: (x: Exchange) => number = () => changeMs): Handler =>
  async (x) => {
    const { id, engine } = reachableContainer(x);
    const before = () => engine.refreshContainer(id, { full: true });
    await passThrough(x, engine, `/containers/${id}/${what}`, { before, startMs: startMs(x) });
  };

/** A grace below zero has no end. */
function graceMs(x: Exchange): number {
  const seconds = x.number('t');
  if (seconds === undefined) return stopMs;
  return seconds < 0 ? forever : Math.min(forever, seconds * 1_000 + stopMs);
}

async function inspect(x: Exchange): Promise<void> {
  const { id, engine } = reachableContainer(x);
  const answer = await askEngine(x, engine, `/containers/${id}/json`);
  if (answer.statusCode !== 200) return passAnswer(x, answer);
  x.sendText(200, inspectAnswer(await readAnswer(answer), engine));
}

/** Answers with headers at once, and with the exit code when there is one: by then `docker ps` knows it too. */
async function wait(x: Exchange): Promise<void> {
  const { id, engine } = reachableContainer(x);
  const beforeEnd = () => engine.refreshContainer(id, { full: true });
  await passThrough(x, engine, `/containers/${id}/wait`, { startMs: forever, beforeEnd });
}

async function attach(x: Exchange): Promise<void> {
  const { id, engine } = reachableContainer(x);
  const path = `/containers/${id}/attach`;
  await (x.upgrade ? hijack(x, engine, path) : passThrough(x, engine, path));
}

async function rename(x: Exchange): Promise<void> {
  const name = containerName(x.query.get('name') ?? '');
  if (name === '') throw new ApiError(400, 'Neither old nor new names may be empty');
  await x.api.fleet.renameContainer(reachableContainer(x), name);
  x.sendNothing(204);
}

async function remove(x: Exchange): Promise<void> {
  if (x.flag('link')) throw new ApiError(400, 'links cannot be removed through a cluster; ask the engine');
  await x.api.fleet.removeContainer(containerNamed(x, x.name), { force: x.flag('force'), volumes: x.flag('v') });
  x.sendNothing(204);
}

export const containerRoutes: readonly Route[] = [
  ['GET', '/containers/json', listContainers],
  ['GET', '/containers/ps', listContainers],
  ['GET', '/containers/{name}/json', inspect],
  ['GET', '/containers/{name}/top', pass('top')],
  ['GET', '/containers/{name}/changes', pass('changes', { startMs: workMs })],
  ['GET', '/containers/{name}/logs', pass('logs')],
  ['GET', '/containers/{name}/stats', pass('stats')],
  ['GET', '/containers/{name}/export', pass('export', { startMs: workMs })],
  ['GET', '/containers/{name}/archive', pass('archive', { startMs: workMs })],
  ['HEAD', '/containers/{name}/archive', pass('archive')],
  ['PUT', '/containers/{name}/archive', pass('archive', { startMs: forever })],
  ['POST', '/containers/{name}/start', change('start')],
  ['POST', '/containers/{name}/stop', change('stop', graceMs)],
  ['POST', '/containers/{name}/restart', change('restart', graceMs)],
  ['POST', '/containers/{name}/kill', change('kill')],
  ['POST', '/containers/{name}/pause', change('pause')],
  ['POST', '/containers/{name}/unpause', change('unpause')],
  ['POST', '/containers/{name}/update', change('update')],
  ['POST', '/containers/{name}/resize', pass('resize')],
  ['POST', '/containers/{name}/wait', wait],
  ['POST', '/containers/{name}/attach', attach],
  ['POST', '/containers/{name}/rename', rename],
  ['DELETE', '/containers/{name}', remove],
];
