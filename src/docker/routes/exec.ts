import type { Exchange } from '../exchange.js';
import type { Handler, Route } from '../router.js';
import { askEngine, hijack, passAnswer, passThrough, readAnswer } from '../streams.js';
import { reachableContainer } from './find.js';

/** `POST /containers/NAME/exec`: the engine's answer has an id that only this engine knows. */
async function create(x: Exchange): Promise<void> {
  const { id: containerId, engine } = reachableContainer(x);
  const answer = await askEngine(x, engine, `/containers/${containerId}/exec`);
  if (answer.statusCode !== 201) return passAnswer(x, answer);
  const text = await readAnswer(answer);
  const { Id: id } = JSON.parse(text) as { Id?: unknown };
  if (typeof id === 'string') x.api.execs.remember(id, { engine, containerId });
  x.sendText(201, text);
}

const pass =
  (what: string): Handler =>
  async (x) => {
    const { engine } = await x.api.execs.find(x.name, x.signal);
    const path = `/exec/${encodeURIComponent(x.name)}/${what}`;
    await (x.upgrade && what === 'start' ? hijack(x, engine, path) : passThrough(x, engine, path));
  };

export const execRoutes: readonly Route[] = [
  ['POST', '/containers/{name}/exec', create],
  ['GET', '/exec/{id}/json', pass('json')],
  ['POST', '/exec/{id}/start', pass('start')],
  ['POST', '/exec/{id}/resize', pass('resize')],
];
