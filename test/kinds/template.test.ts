import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  containerTemplates,
  expandContainer,
  expandTemplate,
  templateError,
  templateErrorLine,
  type TemplateFacts,
} from '../../src/kinds/index.js';
import { containerSpec } from '../../src/kinds/parts/container.js';

const facts: TemplateFacts = {
  service: { id: 's1', name: 'shop_web', labels: { tier: 'front', 'com.example.x': 'y z' } },
  node: { id: 'n1', hostname: 'node-1', architecture: 'x86_64', os: 'linux' },
  task: { id: 't1', name: 'shop_web.2.t1', slot: '2' },
};
const files = new Map([
  ['secret key', 'abc'],
  ['config app.conf', 'a=1'],
  ['env HOME', '/root'],
]);
const inFile: TemplateFacts = {
  ...facts,
  files: {
    secret: (file) => files.get(`secret ${file}`),
    config: (file) => files.get(`config ${file}`),
    env: (name) => files.get(`env ${name}`),
  },
};

describe('templates of a container', () => {
  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['a } b }} c { d', 'a } b }} c { d'],
    ['{{.Service.ID}}', 's1'],
    ['{{ .Service.Name }}', 'shop_web'],
    ['{{.Service.Labels}}', 'map[com.example.x:y z tier:front]'],
    ['{{index .Service.Labels "tier"}}', 'front'],
    ['{{ index  .Service.Labels\n`com.example.x` }}', 'y z'],
    ['{{index .Service.Labels "none"}}', ''],
    ['{{index .Service.Labels "constructor"}}', ''],
    ['{{.Node.ID}}-{{.Node.Hostname}}', 'n1-node-1'],
    ['{{.Node.Platform.Architecture}}/{{.Node.Platform.OS}}', 'x86_64/linux'],
    ['{{.Task.ID}} {{.Task.Name}} {{.Task.Slot}}', 't1 shop_web.2.t1 2'],
    ['{{"{{"}}.Task.ID}}', '{{.Task.ID}}'],
    ['{{"}}"}}', '}}'],
    ['{{"a\\"b"}}', 'a"b'],
  ])('turn %j into %j', (text, expected) => {
    expect(templateError(text, 'container')).toBeUndefined();
    expect(expandTemplate(text, facts)).toBe(expected);
  });

  it.each([
    ['{{.Service.Foo}}', 'has {{.Service.Foo}}, which is no value here; use .Service.ID,'],
    ['x{{.Task.Slot', 'has "{{.Task.Slot", which ends nowhere; close it with }}'],
    ['{{', 'ends nowhere'],
    ['{{}}', 'has {{}}, which is no value'],
    ['{{range .Service.Labels}}x{{end}}', 'has {{range .Service.Labels}}, which'],
    ['{{.Task.Slot | printf "%d"}}', 'is no value here'],
    ['{{- .Task.Slot -}}', 'is no value here'],
    ['{{.Service.Labels.tier}}', 'or index .Service.Labels "KEY", each in {{ }}'],
    ['{{index .Service.Labels tier}}', 'is no value here'],
    ['{{index .Node.Labels "tier"}}', 'is no value here'],
    ['{{index .Service.Labels "a" "b"}}', 'is no value here'],
    ['{{"a\\xb"}}', 'is no value here'],
    ['{{secret "key"}}', 'is no value here'],
    ['{{env "HOME"}}', 'is no value here'],
    ['{{toString}}', 'is no value here'],
  ])('refuse %j', (text, says) => {
    expect(templateError(text, 'container')).toContain(says);
    expect(() => expandTemplate(text, facts)).toThrow(expect.objectContaining({ code: 'INVALID_OBJECT' }));
  });

  it('shows no more than the start of a long template', () => {
    expect(templateError(`{{.${'x'.repeat(10_000)}}}`, 'container')?.length).toBeLessThan(500);
  });
});

describe('templates of a file', () => {
  it.each([
    ['key={{secret "key"}};', 'key=abc;'],
    ['{{config "app.conf"}} on {{.Node.Hostname}}', 'a=1 on node-1'],
    ['{{env "HOME"}}|{{env "NONE"}}|', '/root||'],
  ])('turn %j into %j', (text, expected) => {
    expect(templateError(text, 'file')).toBeUndefined();
    expect(expandTemplate(text, inFile)).toBe(expected);
  });

  it('do not fill in what they inserted', () => {
    const nested = { ...inFile, files: { secret: () => '{{.Task.ID}}', config: () => '', env: () => '' } };
    expect(expandTemplate('{{secret "key"}}', nested)).toBe('{{.Task.ID}}');
  });

  it('are refused with their line, and without their text', () => {
    const says = templateErrorLine('a: 1\nb: {{hunter2}}', 'file');
    expect(says).toBe(
      `has a {{ in line 2 that is no value here; use ${templateError('{{x}}', 'file')?.split('use ')[1]}`,
    );
    expect(says).not.toContain('hunter2');
    expect(templateErrorLine('\n\n{{ hunter2', 'file')).toBe('has a {{ in line 3 that ends nowhere; close it with }}');
    expect(() => expandTemplate('{{hunter2}}', inFile)).toThrow(/^INVALID_OBJECT: the template has a \{\{ in line 1 /);
    expect(templateErrorLine('a {{.Task.ID}}', 'file')).toBeUndefined();
  });

  it.each(['{{secret "none"}}', '{{config "none"}}'])('name the file that is not there: %s', (text) => {
    expect(() => expandTemplate(text, inFile)).toThrow(/has no (secret|config) with the file none/);
  });
});

describe('any text', () => {
  const piece = fc.oneof(
    fc.constantFrom('{{', '}}', '"', '`', ' ', '.Task.ID', 'index', '.Service.Labels', 'secret', '\\', '\n'),
    fc.string(),
  );

  it('is either refused or filled in, and stays the same without braces', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        if (templateError(text, 'container') === undefined) expandTemplate(text, facts);
        else expect(() => expandTemplate(text, facts)).toThrow();
        if (!text.includes('{{')) expect(expandTemplate(text, facts)).toBe(text);
      }),
    );
  });

  it('comes back when its braces are written as Go strings', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        expect(expandTemplate(text.replaceAll('{{', '{{"{{"}}'), facts)).toBe(text);
      }),
    );
  });
});

describe('a container', () => {
  const spec = containerSpec.canonical({
    image: 'nginx:{{.Task.Slot}}',
    env: ['A={{.Task.Slot}}={{.Node.ID}}', 'B', '{{.Task.ID}}=x'],
    hostname: '{{.Service.Name}}-{{.Task.Slot}}',
    mounts: [
      {
        type: 'volume',
        source: 'data-{{.Task.Slot}}',
        target: '/data/{{.Node.Hostname}}',
        volume: { labels: { slot: '{{.Task.Slot}}' }, driver: { name: 'nfs', options: { path: '/{{.Task.Slot}}' } } },
      },
    ],
  });

  it('has its environment, host name and mounts filled in, and nothing else', () => {
    expect(expandContainer(spec, facts)).toMatchObject({
      image: 'nginx:{{.Task.Slot}}',
      env: ['A=2=n1', 'B', '{{.Task.ID}}=x'],
      hostname: 'shop_web-2',
      mounts: [
        {
          source: 'data-2',
          target: '/data/node-1',
          volume: { labels: { slot: '2' }, driver: { options: { path: '/2' } } },
        },
      ],
    });
  });

  it('lists the same texts with their paths', () => {
    expect(containerTemplates(spec).map(({ path }) => path)).toEqual([
      'env[0]',
      'env[2]',
      'hostname',
      'mounts[0].source',
      'mounts[0].target',
      'mounts[0].volume.labels.slot',
      'mounts[0].volume.driver.options.path',
      'mounts[0].volume.subpath',
    ]);
  });
});
