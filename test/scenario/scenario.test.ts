import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkTranscript, parseTranscript, playTranscript, printTranscript } from '../support/raft-transcript.js';

const here = import.meta.dirname;
const files = readdirSync(here).filter((name) => name.endsWith('.txt'));

/** Several members talk, and the file says what they say. `REWRITE=1` writes what is true now into the files. */
describe('members talking', () => {
  it('is written down', () => {
    expect(files.length).toBeGreaterThan(8);
  });

  it.each(files)('%s', (name) => {
    const { said, played } = checkTranscript(join(here, name));
    expect(played).toBe(said);
  });
});

describe('a transcript', () => {
  const play = (text: string) => playTranscript(parseTranscript(text));

  it.each(['', '\n\n', '# only a comment\n'])('that says nothing is refused: %j', (text) => {
    expect(() => parseTranscript(text)).toThrow(/no commands/);
  });

  it('without a line of dashes is refused', () => {
    expect(() => parseTranscript('cluster 1 2 3\ncampaign 1\n')).toThrow(/----/);
  });

  it('with a command that nobody knows is refused', () => {
    expect(() => play('cluster 1\ndance 1\n----\n')).toThrow(/dance/);
    expect(() => play('cluster 1 with sorcery\n----\n')).toThrow(/sorcery/);
    expect(() => play('campaign 1\n----\n')).toThrow(/begins with a cluster/);
  });

  it('says nothing where nothing comes of it, and is printed as it was read', () => {
    const text = '# Quiet.\ncluster 1 2 3\n----\nnothing\n';
    expect(printTranscript(play(text))).toBe(text);
    expect(printTranscript(parseTranscript(text))).toBe(text);
  });

  it('notices another answer than the one that is written', () => {
    const said = parseTranscript('cluster 1\ncampaign 1\n----\n1 leads term 9\n');
    expect(printTranscript(playTranscript(said))).not.toBe(printTranscript(said));
  });
});
