import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { configurationPage, sampleFile } from '../../scripts/configuration.js';
import { fromFile } from '../../src/settings/config-file.js';
import { flagName, variableName } from '../../src/settings/names.js';
import { fromEnvironment, settle } from '../../src/settings/sources.js';
import { managerTable, memberTable, replicaTable } from '../../src/settings/table.js';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
const sample = readFileSync(join(root, 'docs/skep.yaml'), 'utf8');

describe('what is made from the table', () => {
  it('is fresh: npm run generate would change nothing', () => {
    expect(page).toBe(configurationPage());
    expect(sample).toBe(sampleFile());
  });

  it('is a sample with every setting, all of which can be read', () => {
    const everything = sample.replaceAll(/^# ([a-z-]+: )/gm, '$1');
    const { layer, mistakes } = fromFile(everything, 'skep.yaml');
    expect(mistakes).toEqual([]);
    const expected = managerTable.filter(([, { flagOnly }]) => flagOnly === undefined).map(([name]) => name);
    expect(Object.keys(layer)).toEqual(expected);
    expect(settle([fromFile(sample, 'skep.yaml')]).mistakes).toEqual([]);
  });

  it('is a page whose file and error are true', () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    expect(settle([fromFile(yaml, 'skep.yaml')]).mistakes).toEqual([]);
    const [mistake] = fromFile('name: m1\ndataDir: d', 'skep.yaml').mistakes;
    expect(page).toContain(`error: ${mistake}\n`);
  });
});

describe('the table of settings', () => {
  it('gives each setting a flag and a variable of its own', () => {
    const names = managerTable.map(([name]) => name);
    expect(names.length).toBeGreaterThan(10);
    expect(new Set(names.map(flagName)).size).toBe(names.length);
    expect(names.map(variableName)).toContain('SKEP_ELECTION_TIMEOUT_MS');
    expect(names.map((name) => `--${flagName(name)}`)).toContain('--election-timeout-ms');
  });

  it('reads the same from a variable as from a file', () => {
    for (const [name, { example = '', flagOnly }] of managerTable) {
      if (flagOnly !== undefined) continue;
      const file = fromFile(`${flagName(name)}: ${example}`, 'skep.yaml');
      const environment = fromEnvironment({ [variableName(name)]: example.replaceAll(/[[\]]/g, '') });
      expect(environment.layer[name]?.value, name).toEqual(file.layer[name]?.value);
      expect(environment.layer[name]?.value, name).toBeDefined();
    }
  });

  it('has documentation for every option of openReplica, which an editor shows', () => {
    const file = join(root, 'src/daemon/open-options.ts');
    const program = ts.createProgram([file], {
      ...{ target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext, strict: true, types: [], skipLibCheck: true },
    });
    const checker = program.getTypeChecker();
    const source = program.getSourceFile(file);
    const options = source?.statements
      .filter(ts.isInterfaceDeclaration)
      .find(({ name }) => name.text === 'OpenReplicaOptions');
    if (!options) throw new Error('there is no OpenReplicaOptions');
    const shown = checker.getTypeAtLocation(options).getProperties().map((option) => ({
      name: option.name,
      optional: Boolean(option.flags & ts.SymbolFlags.Optional),
      type: checker.typeToString(checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(option, options))),
      documented: ts.displayPartsToString(option.getDocumentationComment(checker)) !== '',
    }));
    const names = [...Object.keys(memberTable), ...Object.keys(replicaTable)];
    expect(shown.map(({ name }) => name).sort()).toEqual(names.sort());
    expect(shown.filter(({ documented }) => !documented)).toEqual([]);
    expect(shown.filter(({ optional }) => !optional).map(({ name }) => name)).toEqual(['name']);
    expect(Object.fromEntries(shown.map(({ name, type }) => [name, type]))).toMatchObject({
      ...{ name: 'string', dataDir: 'string', advertiseAddr: 'string | readonly string[]', peers: 'readonly string[]' },
      ...{ begin: 'boolean', heartbeatMs: 'number', logger: 'Logger', limits: 'Partial<Limits>' },
      kinds: 'readonly AnyCustomKind[]',
    });
  }); // prettier-ignore
});
