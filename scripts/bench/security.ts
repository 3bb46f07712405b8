import { Child } from './child.js';
import { type Figure, figure, type SuiteOptions } from './figure.js';

interface Cost {
  readonly ops: number;
  readonly cpuUs: number;
}

const writers = 64;
const bytes = 100;
const lookUps = 200_000;

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const round = (value: number) => Number(value.toPrecision(3));

/**
 * Processor time of a leader for each replicated write, with TLS and in clear text: two clusters of three, which write in turn,
 * so that other work on the machine meets both alike. And that of finding out who calls.
 */
export async function* securitySuite({ quick }: SuiteOptions): AsyncGenerator<Figure> {
  const rounds = quick ? 2 : 9;
  const seconds = quick ? 0.5 : 2;
  const [tls, clear] = [new Child('security-leader'), new Child('security-leader')];
  try {
    await tls.ask('open', { secure: true });
    await clear.ask('open', { secure: false });
    const costs: { readonly tls: Cost; readonly clear: Cost }[] = [];
    for (let i = 0; i <= rounds; i++) {
      const load = { writers, bytes, seconds };
      const cost = { tls: await tls.ask<Cost>('write', load), clear: await clear.ask<Cost>('write', load) };
      if (i > 0) costs.push(cost); // the first round warms up
    }
    const each = ({ cpuUs, ops }: Cost) => cpuUs / ops;
    for (const which of ['clear', 'tls'] as const) {
      const ops = costs.reduce((sum, cost) => sum + cost[which].ops, 0);
      const cpuUs = round(median(costs.map((cost) => each(cost[which]))));
      yield figure(`${which}Write`, ops, rounds * seconds, { writers, bytes, cpuUs });
    }
    const ratios = costs.map((cost) => each(cost.tls) / each(cost.clear));
    const range = `${round(Math.min(...ratios))}–${round(Math.max(...ratios))}`;
    yield figure('tlsToClear', costs.length, rounds * seconds, { cpuRatio: round(median(ratios)), range });
    const { ops, cpuUs } = await tls.ask<Cost>('lookUp', { calls: lookUps });
    yield figure('identityLookUp', ops, cpuUs / 1e6, { cpuUs: round(cpuUs / ops) });
    yield* joining(tls, clear, rounds);
    await Promise.all([tls.ask('close'), clear.ask('close')]);
  } finally {
    await Promise.all([tls.stop(), clear.stop()]);
  }
}

/** The time that security adds to the joining of a member. */
async function* joining(tls: Child, clear: Child, rounds: number): AsyncGenerator<Figure> {
  const times: { readonly tls: number; readonly clear: number }[] = [];
  for (let i = 0; i < rounds; i++)
    times.push({ tls: await tls.ask<number>('join', {}), clear: await clear.ask<number>('join', {}) });
  const [tlsMs, clearMs] = [median(times.map((one) => one.tls)), median(times.map((one) => one.clear))];
  const seconds = times.reduce((sum, one) => sum + one.tls + one.clear, 0) / 1_000;
  const addsMs = round(median(times.map((one) => one.tls - one.clear)));
  yield figure('memberJoins', 2 * times.length, seconds, { tlsMs: round(tlsMs), clearMs: round(clearMs), addsMs });
}
