import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { screenOf } from '../../src/cli/screen.js';

function terminal(columns: number, rows: number) {
  const stream = Object.assign(new PassThrough(), { columns, rows });
  const screen = screenOf(stream);
  return {
    show: (...lines: string[]): string => {
      screen.show(lines);
      return String(stream.read() ?? '').replaceAll('\u001b[', '^');
    },
  };
}

describe('screenOf', () => {
  it('puts lines in place of those before', () => {
    const { show } = terminal(40, 10);
    expect(show('one', 'two')).toBe('one\ntwo\n');
    expect(show('three')).toBe('^1G^2A^0Jthree\n');
    expect(show()).toBe('^1G^1A^0J');
    expect(show()).toBe('');
  });

  it('cuts lines that would take two rows, and lines beyond the last row', () => {
    const { show } = terminal(6, 3);
    expect(show('123456', '12345', 'gone')).toBe('1234…\n12345\n');
  });

  it('shows characters that a terminal would act on', () => {
    expect(terminal(40, 10).show('a\u001b[2Jb')).toBe('a\\u001b[2Jb\n');
  });
});
