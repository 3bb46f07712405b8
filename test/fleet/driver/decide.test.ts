import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Action, decide, taskFacts } from '../../../src/fleet/driver/decide.js';
import type { Observed, RunState } from '../../../src/fleet/driver/observed.js';
import { type TaskState, taskStateOrder, taskStates } from '../../../src/kinds/index.js';
import { storedTask } from '../../support/driver-objects.js';

const container = (state: RunState, health?: Observed['health']): Observed => ({
  ...{ id: 'c', name: 'web.1.t', taskId: 't', fills: '', exitCode: 0, volumes: [], networks: [] },
  state,
  ...(health && { health }),
});
const observed: Readonly<Record<string, Observed | undefined>> = {
  none: undefined,
  created: container('created'),
  running: container('running'),
  healthy: container('running', 'healthy'),
  checking: container('running', 'starting'),
  sick: container('running', 'unhealthy'),
  paused: container('paused'),
  restarting: container('restarting'),
  removing: container('removing'),
  exited: container('exited'),
  dead: container('dead'),
};

describe('decide', () => {
  // desired state, state reached, container → action
  it.each<[TaskState, TaskState, string, Action]>([
    ['ready', 'assigned', 'none', 'prepare'],
    ['running', 'assigned', 'none', 'prepare'],
    ['running', 'preparing', 'none', 'prepare'],
    ['running', 'ready', 'none', 'report-gone'],
    ['ready', 'ready', 'none', 'report-gone'],
    ['running', 'running', 'none', 'report-gone'],
    ['running', 'assigned', 'created', 'finish'],
    ['running', 'preparing', 'created', 'finish'],
    ['ready', 'ready', 'created', 'nothing'],
    ['running', 'ready', 'created', 'start'],
    ['complete', 'ready', 'created', 'start'],
    ['running', 'starting', 'created', 'start'],
    ['running', 'running', 'created', 'report-gone'],
    ['running', 'starting', 'running', 'report-running'],
    ['running', 'preparing', 'running', 'report-running'],
    ['running', 'running', 'running', 'nothing'],
    ['running', 'starting', 'healthy', 'report-running'],
    ['running', 'running', 'healthy', 'nothing'],
    ['running', 'ready', 'checking', 'report-starting'],
    ['running', 'starting', 'checking', 'nothing'],
    ['running', 'running', 'checking', 'nothing'],
    ['running', 'starting', 'sick', 'stop-unhealthy'],
    ['running', 'running', 'sick', 'stop-unhealthy'],
    ['running', 'starting', 'paused', 'report-running'],
    ['running', 'running', 'paused', 'nothing'],
    ['running', 'running', 'restarting', 'nothing'],
    ['running', 'running', 'removing', 'nothing'],
    ['running', 'running', 'exited', 'report-ended'],
    ['complete', 'running', 'exited', 'report-ended'],
    ['running', 'starting', 'exited', 'report-ended'],
    ['running', 'running', 'dead', 'report-ended'],
    ['shutdown', 'running', 'running', 'stop'],
    ['shutdown', 'running', 'sick', 'stop'],
    ['remove', 'running', 'running', 'stop'],
    ['shutdown', 'running', 'paused', 'stop'],
    ['shutdown', 'running', 'restarting', 'stop'],
    ['shutdown', 'running', 'removing', 'nothing'],
    ['shutdown', 'running', 'exited', 'report-shutdown'],
    ['shutdown', 'running', 'none', 'report-shutdown'],
    ['remove', 'assigned', 'none', 'report-shutdown'],
    ['shutdown', 'ready', 'created', 'report-shutdown'],
    ['running', 'failed', 'none', 'nothing'],
    ['running', 'failed', 'exited', 'nothing'],
    ['running', 'rejected', 'running', 'stop'],
    ['running', 'orphaned', 'running', 'stop'],
    ['shutdown', 'shutdown', 'running', 'stop'],
    ['shutdown', 'shutdown', 'exited', 'nothing'],
    ['shutdown', 'orphaned', 'created', 'nothing'],
  ])('of a task desired %s that is %s, with the container %s: %s', (desiredState, reached, name, action) => {
    expect(decide({ desiredState, reached, here: true }, observed[name])).toBe(action);
  });

  it.each(Object.keys(observed).filter((name) => name !== 'none'))('asks before it removes: %s', (name) => {
    expect(decide(undefined, observed[name])).toBe('ask');
    expect(decide({ desiredState: 'running', reached: 'running', here: false }, observed[name])).toBe('remove');
  });

  it('does nothing without a task and without a container', () => {
    expect(decide(undefined, undefined)).toBe('nothing');
    expect(decide({ desiredState: 'running', reached: 'running', here: false }, undefined)).toBe('nothing');
  });

  it('takes the state that was reported for the one that is stored, when it is further', async () => {
    const task = await storedTask({ nodeId: 'n1', desiredState: 'running', status: { state: 'preparing' } });
    expect(taskFacts(task, 'n1', 'ready')).toEqual({ desiredState: 'running', reached: 'ready', here: true });
    expect(taskFacts(task, 'n1', 'assigned').reached).toBe('preparing');
    expect(taskFacts(task, 'n1', undefined).reached).toBe('preparing');
    expect(taskFacts(task, 'n2', undefined).here).toBe(false);
  });

  const states = fc.constantFrom(...taskStates);
  const containers = fc.constantFrom(...Object.values(observed));
  it('starts only what is wanted, what was never started, and what is not over', () => {
    fc.assert(
      fc.property(states, states, containers, (desiredState, reached, seen) => {
        const action = decide({ desiredState, reached, here: true }, seen);
        const wanted = taskStateOrder(desiredState) <= taskStateOrder('complete');
        const over = taskStateOrder(reached) > taskStateOrder('running');
        if (action === 'start') {
          expect(seen?.state).toBe('created');
          expect(wanted && !over && taskStateOrder(desiredState) >= taskStateOrder('running')).toBe(true);
        }
        if (action === 'prepare') expect([seen, wanted, over]).toEqual([undefined, true, false]);
        if (!wanted && seen?.state === 'running') expect(action).toBe('stop');
        if (action === 'remove' || action === 'ask') expect.unreachable('the task is here');
      }),
      { numRuns: 2_000 },
    );
  });
});
