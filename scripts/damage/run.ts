import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Random, seededRandom } from '../../src/base/random.js';
import { diagnose } from '../../src/daemon/doctor.js';
import { damages, type Victim } from './damages.js';
import { Judge, type Outcome } from './judging.js';
import { makeSources, rollBackBesideLeader, type Sources } from './sources.js';
import { giveToUser } from './user.js';

/** What became of one damage. */
export const verdicts = ['DAMAGED', 'other code', 'ended', 'harmless', 'SILENT', 'HUNG', 'NO CODE'] as const;
export type Verdict = (typeof verdicts)[number];

export interface Judged {
  readonly class: string;
  readonly what: string;
  readonly verdict: Verdict;
  readonly doctorAgrees: boolean;
  readonly says: string;
}

const halfRestored = 'half-made restore';
const rolledBack = 'rolled back beside its leader';

/** How long a restore may go on before it is killed, milliseconds: about as long as one takes. */
const restoreMs = 150;

/** One in this many damages is of a whole directory: they take a cluster of their own. */
const rolledBackEvery = 40;

const isRefusal = (outcome: Outcome): outcome is { code: string; message: string } =>
  typeof outcome === 'object' && 'code' in outcome;

/** Makes `count` damages, each in a fresh copy, and tells of each. */
export async function run(room: string, count: number, seed: number, tell: (judged: Judged) => void): Promise<void> {
  const random = seededRandom(seed);
  const sources = await makeSources(join(room, 'sources'));
  const judge = new Judge();
  const references = new References(room, judge);
  const kinds = [...Object.keys(damages), halfRestored];
  try {
    for (let i = 0; i < count; i++) {
      const place = join(room, `d${i}`);
      await mkdir(place, { mode: 0o777 });
      giveToUser(place);
      const kind = i % rolledBackEvery === rolledBackEvery - 1 ? rolledBack : (kinds[i % kinds.length] ?? '');
      if (kind === rolledBack) tell(await judgeRolledBack(place, random));
      else if (kind === halfRestored) tell(await judgeRestore(place, sources, judge, random));
      else tell(await judgeDamage(place, kind, { sources, judge, references, random }));
      await rm(place, { recursive: true, force: true });
    }
  } finally {
    await judge.close();
  }
}

/** The content of a member without damage: asked once for each directory. */
class References {
  readonly #known = new Map<string, Promise<{ doctor: Outcome; start: Outcome }>>();
  readonly #room: string;
  readonly #judge: Judge;

  constructor(room: string, judge: Judge) {
    this.#room = room;
    this.#judge = judge;
  }

  of(source: string, name: string): Promise<{ doctor: Outcome; start: Outcome }> {
    const known = this.#known.get(source) ?? this.#ask(source, name);
    this.#known.set(source, known);
    return known;
  }

  async #ask(source: string, name: string) {
    const dir = join(this.#room, 'reference');
    await cp(source, dir, { recursive: true });
    giveToUser(dir);
    const doctor = await this.#judge.ask({ op: 'doctor', dir });
    const start = await this.#judge.ask({ op: 'start', dir, name });
    await rm(dir, { recursive: true });
    if (typeof doctor === 'string' || typeof start === 'string' || isRefusal(doctor) || isRefusal(start))
      throw new Error(`${source} does not start undamaged: ${JSON.stringify([doctor, start])}`);
    return { doctor, start };
  }
}

interface Means {
  readonly sources: Sources;
  readonly judge: Judge;
  readonly references: References;
  readonly random: Random;
}

async function judgeDamage(place: string, kind: string, means: Means): Promise<Judged> {
  const { sources, judge, references, random } = means;
  const member = sources.members[random(sources.members.length)];
  const damage = damages[kind];
  if (!member || !damage) throw new Error(`there is no damage ${kind}`);
  const age = 1 + random(member.dirs.length - 1);
  const source = member.dirs[age] ?? '';
  const expected = await references.of(source, member.name);
  const dir = join(place, member.name);
  await cp(source, dir, { recursive: true });
  giveToUser(dir);
  const victim: Victim = { dir, member, age, sources, random };
  const what = `${await damage(victim)} (${member.name}, age ${age})`;
  if (kind !== 'no rights') giveToUser(dir);
  const doctor = await judge.ask({ op: 'doctor', dir });
  const start = await judge.ask({ op: 'start', dir, name: member.name });
  return {
    class: kind,
    what,
    verdict: verdictOf(start, expected.start, doctor, expected.doctor),
    doctorAgrees: agrees(doctor, start),
    says: JSON.stringify({ doctor, start }),
  };
}

function verdictOf(start: Outcome, expected: Outcome, doctor: Outcome, expectedOfDoctor: Outcome): Verdict {
  if (start === 'hung') return 'HUNG';
  if (start === 'ended') return 'ended';
  if (isRefusal(start)) return start.code === 'DAMAGED' ? 'DAMAGED' : start.code === '' ? 'NO CODE' : 'other code';
  // Of the vote and the end of the log only doctor speaks.
  const same = JSON.stringify([start, doctor]) === JSON.stringify([expected, expectedOfDoctor]);
  return same ? 'harmless' : 'SILENT';
}

function agrees(doctor: Outcome, start: Outcome): boolean {
  if (typeof doctor === 'string' || typeof start === 'string') return doctor === start;
  if (isRefusal(doctor)) return isRefusal(start) && start.code === doctor.code;
  return 'damaged' in doctor && doctor.damaged === (isRefusal(start) && start.code === 'DAMAGED');
}

async function judgeRestore(place: string, { saved }: Sources, judge: Judge, random: Random): Promise<Judged> {
  const dir = join(place, 'm1');
  const whole = join(place, 'whole');
  const file = join(place, 'saved');
  await cp(saved, file);
  giveToUser(place);
  await judge.ask({ op: 'restore', dir: whole, name: 'm1', file });
  const afterMs = 1 + random(restoreMs);
  await judge.killWhile({ op: 'restore', dir, name: 'm1', file }, afterMs);
  const what = `killed after ${afterMs} ms`;
  const begun = await readdir(dir).then((names) => names.length > 0, () => false); // prettier-ignore
  if (!begun) return { class: halfRestored, what, verdict: 'harmless', doctorAgrees: true, says: 'nothing was begun' };
  const doctor = await judge.ask({ op: 'doctor', dir });
  const start = await judge.ask({ op: 'start', dir, name: 'm1' });
  const content = (outcome: Outcome) => /"content\\":\\"(\w+)/.exec(JSON.stringify(outcome))?.[1] ?? '';
  const expected = content(await judge.ask({ op: 'start', dir: whole, name: 'm1' }));
  const same = expected !== '' && content(start) === expected;
  const verdict = typeof start === 'string' || isRefusal(start) ? verdictOf(start, start, doctor, doctor) : same ? 'harmless' : 'SILENT'; // prettier-ignore
  return { class: halfRestored, what, verdict, doctorAgrees: agrees(doctor, start), says: JSON.stringify({ doctor, start }) }; // prettier-ignore
}

async function judgeRolledBack(place: string, random: Random): Promise<Judged> {
  const [writes, killed] = [1 + random(60), random(2) === 1];
  const reason = await rollBackBesideLeader(place, writes, killed);
  const damaged = (reason as { code?: unknown } | undefined)?.code === 'DAMAGED';
  const diagnosis = await diagnose(join(place, 'm3'), new AbortController().signal);
  return {
    class: rolledBack,
    what: `by ${writes} writes, ${killed ? 'copied while it ran' : 'copied while it was down'}`,
    verdict: damaged ? 'DAMAGED' : 'SILENT',
    doctorAgrees: (diagnosis?.verdict === 'damaged') === damaged,
    says: reason?.message ?? 'it went on',
  };
}
