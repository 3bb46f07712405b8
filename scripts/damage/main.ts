/**
 * `npm run damage -- --damages 400 --seed 1`: damages data directories that real members made, starts a member over each,
 * asks doctor, and prints what became of them. Exits with 0 only when nothing was lost in silence, nothing hung, every
 * refusal has a code, and doctor agreed with every start.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import { type Judged, run, type Verdict, verdicts } from './run.js';

const whole = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is needed.');
  return Number(text);
};

const options = new Command('npm run damage --')
  .description('damage data directories of real members, and see whether a start and doctor notice')
  .option('--damages <count>', 'how many', whole, 400)
  .option('--seed <number>', 'which ones', whole, 1)
  .option('--verbose', 'tell of each', false)
  .parse()
  .opts<{ damages: number; seed: number; verbose: boolean }>();

const room = mkdtempSync(join(tmpdir(), 'skep-damage-'));
chmodSync(room, 0o755);
process.on('exit', () => rmSync(room, { recursive: true, force: true, maxRetries: 20 }));

const judged: Judged[] = [];
const isWrong = ({ verdict, doctorAgrees }: Judged) =>
  !doctorAgrees || verdict === 'SILENT' || verdict === 'HUNG' || verdict === 'NO CODE';

await run(room, options.damages, options.seed, (one) => {
  judged.push(one);
  if (options.verbose || isWrong(one))
    console.log(`${isWrong(one) ? '✗' : ' '} ${one.class}: ${one.what}: ${one.verdict} ${one.says.slice(0, 600)}`);
});
printTable();
const wrong = judged.filter(isWrong).length;
console.log(
  wrong === 0 ? 'damage: everything was noticed, or harmless' : `damage: FAILED, ${wrong} of ${judged.length}`,
);
process.exit(wrong === 0 ? 0 : 1);

function printTable(): void {
  const columns: readonly (Verdict | 'doctor differs')[] = [...verdicts, 'doctor differs'];
  const line = (name: string, cells: readonly (string | number)[]) =>
    console.log(
      [name.padEnd(30), ...cells.map((cell, i) => String(cell).padStart((columns[i] ?? 'total').length))].join('  '),
    );
  line('damage', [...columns, 'total']);
  const classes = [...new Set(judged.map((one) => one.class))];
  for (const name of [...classes, 'all']) {
    const of = judged.filter((one) => name === 'all' || one.class === name);
    const counts = verdicts.map((verdict) => of.filter((one) => one.verdict === verdict).length);
    line(name, [...counts, of.filter((one) => !one.doctorAgrees).length, of.length]);
  }
}
