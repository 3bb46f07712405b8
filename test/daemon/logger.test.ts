import { describe, expect, it } from 'vitest';
import { commandLogger, processLogger, type ProcessLogOptions } from '../../src/daemon/logger.js';

/** Lines that a log writes to a terminal, or to something else, with ESC as `^`. */
function logged(options: ProcessLogOptions & { readonly isTTY: boolean }, level = 'info') {
  let text = '';
  const { isTTY, ...rest } = options;
  const logger = processLogger(level, { ...rest, stream: { isTTY, write: (part) => (text += part) } });
  return { logger, lines: () => text.replaceAll('\u001b', '^').split('\n').slice(0, -1) };
}

const time = String.raw`\d\d:\d\d:\d\d\.\d{3}`;

describe('the log of a process', () => {
  it('is JSON where no terminal reads it', () => {
    const { logger, lines } = logged({ isTTY: false, member: 'm1' });
    logger.warn('the disk is slow', { ms: 12 });
    const [line = ''] = lines();
    expect(JSON.parse(line)).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      member: 'm1',
      ms: 12,
      msg: 'the disk is slow',
    });
  });

  it('is a line for people on a terminal, with colours', () => {
    const { logger, lines } = logged({ isTTY: true, member: 'm1' });
    logger.warn('the disk is slow', { ms: 12, file: '/a b', why: ['x'] });
    logger.error('the end');
    const [first = '', second = ''] = lines();
    expect(first).toMatch(
      new RegExp(
        String.raw`^\^\[2m${time}\^\[0m \^\[33mWARN \^\[0m m1 the disk is slow \^\[2mms=12 file="/a b" why=\["x"\]\^\[0m$`,
      ),
    );
    expect(second).toMatch(/\^\[31mERROR\^\[0m m1 the end$/);
  });

  it.each([[{ NO_COLOR: '1' }], [{ TERM: 'dumb' }]])('has no colours with %j', (env) => {
    const { logger, lines } = logged({ isTTY: true, env });
    logger.info('ready', { port: 1 });
    expect(lines()[0]).toMatch(new RegExp(`^${time} INFO  ready port=1$`));
  });

  it('has the form that is asked for, and no colours off a terminal', () => {
    const json = logged({ isTTY: true, format: 'json' });
    json.logger.info('ready');
    expect(JSON.parse(json.lines()[0] ?? '')).toMatchObject({ msg: 'ready' });
    const pretty = logged({ isTTY: false, format: 'pretty' });
    pretty.logger.info('ready');
    expect(pretty.lines()[0]).toMatch(new RegExp(`^${time} INFO  ready$`));
  });

  it.each([[true], [false]])('shows characters that a terminal acts on; terminal: %s', (isTTY) => {
    const { logger, lines } = logged({ isTTY, env: { NO_COLOR: '1' } });
    logger.info('a\u001b[2Jb', { 'c\u202e': 'd\u001b[2Je', f: { g: '\u200b' }, line: '1\n2' });
    const [line = '', ...more] = lines();
    expect(more).toEqual([]);
    expect(line).not.toMatch(/[\u202e\u200b^]/);
    expect(line).toContain('a\\u001b[2Jb');
    expect(line).toContain('d\\u001b[2Je');
  });

  it('leaves out lines below its level', () => {
    const { logger, lines } = logged({ isTTY: true }, 'warn');
    logger.info('nobody reads this');
    logger.debug('nor this');
    expect(lines()).toEqual([]);
  });

  it('refuses an unknown form', () => {
    expect(() => commandLogger('info', { SKEP_LOG_FORMAT: 'xml' })).toThrow(
      'SKEP_LOG_FORMAT must be one of auto, pretty, json, is "xml"',
    );
  });
});
