import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type ScenarioName, scenarioNames } from './faults/index.js';

export interface Arguments {
  readonly scenario: ScenarioName;
  readonly seconds: number;
  readonly history: string;
  readonly members: number;
  readonly writers: number;
  readonly readers: number;
}

/** What the command line says; or the exit code, when it says something wrong or asks for help. */
export function parseArguments(args: readonly string[], out: { write(text: string): void }): Arguments | number {
  const members = new Option('--members <count>', 'real managers').choices(['3', '5']).default('3');
  const command = new Command('npm run chaos --')
    .description('break real managers under load, and check all answers')
    .addOption(new Option('--scenario <name>', 'what is broken').choices(scenarioNames).makeOptionMandatory())
    .requiredOption('--seconds <n>', 'how long', from(1))
    .requiredOption('--history <file>', 'where the history is written, as JSON lines')
    .addOption(members)
    .option('--writers <n>', 'clients that write', from(1), 4)
    .option('--readers <n>', 'clients that read', from(1), 4)
    .allowExcessArguments(false)
    .showHelpAfterError('(see --help)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => out.write(text) });
  try {
    const options = command.parse(args, { from: 'user' }).opts<Omit<Arguments, 'members'> & { members: string }>();
    return { ...options, members: Number(options.members) };
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

function from(least: number): (text: string) => number {
  return (text) => {
    if (!/^\d{1,5}$/.test(text) || Number(text) < least)
      throw new InvalidArgumentError(`a whole number from ${least} is needed.`);
    return Number(text);
  };
}
