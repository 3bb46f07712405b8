import type { Command } from 'commander';
import type { Context, DiagnosedPart, Diagnosis, GlobalFlags } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { type Columns, table } from '../output.js';

export function addDoctor(program: Command, context: Context, exit: (code: number) => void): void {
  const { streams, signal } = context;
  program
    .command('doctor')
    .argument('<dir>', 'data directory of a stopped member')
    .description('check a data directory for damage; changes nothing')
    .action(async (dir: string, _options, command: Command) => {
      const { output } = command.optsWithGlobals<GlobalFlags>();
      const diagnosis = await context.doctor(dir, signal);
      if (!diagnosis) {
        streams.err(`skep: there is no member in ${dir}; give the data directory of a member\n`);
        exit(exitCodes.notFound);
        return;
      }
      streams.out(`${printed[output](diagnosis)}\n`);
      exit(diagnosis.verdict === 'whole' ? exitCodes.ok : exitCodes.invalid);
    });
}

const printed: { readonly [F in GlobalFlags['output']]: (diagnosis: Diagnosis) => string } = {
  json: (diagnosis) => JSON.stringify(diagnosis, null, 2),
  ndjson: (diagnosis) => JSON.stringify(diagnosis),
  name: ({ verdict }) => verdict,
  table: (diagnosis) => [...textOf(diagnosis)].join('\n'),
};

function* textOf({ dir, verdict, advice, member, parts }: Diagnosis): Generator<string> {
  const { name, id, state, term, vote, commit, lastIndex, version } = member;
  const voted = term === null ? 'vote ?' : vote === null ? 'no vote' : `vote for ${vote}`;
  yield `member ${name ?? '?'}, id ${id ?? '?'}, state ${state ?? '?'}`;
  yield `term ${term ?? '?'}, ${voted}, commit ${commit ?? '?'}, last index ${lastIndex ?? '?'}, snapshot of version ${version ?? '?'}`;
  yield '';
  yield table(parts.flatMap(linesOf), columns);
  yield '';
  yield advice === null ? `${dir} is ${verdict}` : `${dir} is ${verdict}: ${advice}`;
}

interface Line {
  readonly part: string;
  readonly state: 'whole' | 'damaged' | 'wrong' | 'note';
  readonly text: string;
}

const columns: Columns<Line> = [
  ['PART', ({ part }) => part],
  ['STATE', ({ state }) => state],
  ['WHAT', ({ text }) => text],
];

/** Makes one line for each part, and one for each problem and note. Each names its part, so that `grep` finds it. */
function linesOf({ part, whole, says, wrong, notes }: DiagnosedPart): Line[] {
  return [
    { part, state: whole ? 'whole' : 'damaged', text: says },
    ...wrong.map((text) => ({ part, state: 'wrong' as const, text })),
    ...notes.map((text) => ({ part, state: 'note' as const, text })),
  ];
}
