import { readFileSync, writeFileSync } from 'node:fs';
import type { RaftConfig } from '../../src/raft/index.js';
import { Cluster, type Happening } from './raft-cluster.js';
import { bytesOf, parseChange, parseConfState, textOfConfState } from './raft-text.js';

/**
 * Transcripts: a file of paragraphs, each with commands, a line `----`, and what is expected to come of them. Lines
 * that begin with `#` are for the reader.
 *
 *     cluster 1 2 3 with prevote     who begins, and how they are configured
 *     start 4                        another process, not a member yet
 *     campaign 1 · tick 1 10 · propose 1 x · change 1 +4 · read 3 a · transfer 1 2
 *     snapshot 1                     1 makes a snapshot and gives up the log before it
 *     restart 1                      1 begins again from its disk
 *     isolate 1 · cut 1 2 · heal     the network; what is on its way over a cut is lost
 *     drop 1                         what is on its way to or from 1 is lost
 *     deliver                        until nothing is on its way; every message is shown
 *     settle                         the same; the paragraph shows no messages, only what came of them
 *     round 5                        five times: everyone ticks once, then settle
 *     status                         everyone's role, log and configuration; what a leader knows of its peers
 */
export interface Paragraph {
  readonly comments: readonly string[];
  readonly commands: readonly string[];
  readonly expected: string;
}

/** Throws when there is nothing in it: a transcript that says nothing cannot fail. */
export function parseTranscript(text: string): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  for (const part of text.split(/\n\s*\n/)) {
    const lines = part.split('\n').filter((line) => line.trim() !== '');
    const comments = lines.filter((line) => line.startsWith('#'));
    const rest = lines.filter((line) => !line.startsWith('#'));
    if (rest.length === 0) {
      if (comments.length > 0) paragraphs.push({ comments, commands: [], expected: '' });
      continue;
    }
    const line = rest.indexOf('----');
    if (line < 1) throw new Error(`a paragraph is commands, '----' and what is expected:\n${part}`);
    paragraphs.push({ comments, commands: rest.slice(0, line), expected: rest.slice(line + 1).join('\n') });
  }
  if (!paragraphs.some(({ commands }) => commands.length > 0)) throw new Error('the transcript has no commands');
  return paragraphs;
}

export function printTranscript(paragraphs: readonly Paragraph[]): string {
  const texts = paragraphs.map(({ comments, commands, expected }) =>
    [...comments, ...(commands.length > 0 ? [...commands, '----', expected] : [])].join('\n'),
  );
  return `${texts.join('\n\n')}\n`;
}

/** Plays a transcript; the result is the same transcript with what really came of the commands. */
export function playTranscript(paragraphs: readonly Paragraph[]): Paragraph[] {
  const stage = new Stage();
  return paragraphs.map((paragraph) => {
    const quiet = paragraph.commands.some((command) => /^(settle|round|status)\b/.test(command));
    const shown = paragraph.commands
      .flatMap((command) => stage.do(command))
      .filter(({ kind }) => !quiet || kind === 'fact');
    const expected = shown.map(({ text }) => text).join('\n') || 'nothing';
    return paragraph.commands.length === 0 ? paragraph : { ...paragraph, expected };
  });
}

/** What a file says and what is true now, to be compared; with REWRITE=1 the file is made to say what is true. */
export function checkTranscript(path: string): { said: string; played: string } {
  const paragraphs = parseTranscript(readFileSync(path, 'utf8'));
  const played = printTranscript(playTranscript(paragraphs));
  if (process.env['REWRITE'] === '1') writeFileSync(path, played);
  return { said: process.env['REWRITE'] === '1' ? played : printTranscript(paragraphs), played };
}

const switches: Record<string, Partial<RaftConfig>> = {
  prevote: { preVote: true },
  checkquorum: { checkQuorum: true },
  'step-down': { stepDownOnRemoval: true },
};

class Stage {
  #cluster: Cluster | undefined;
  #happenings: Happening[] = [];

  do(command: string): readonly Happening[] {
    const [verb = '', ...words] = command.trim().split(/\s+/);
    this.#happenings = [];
    if (verb === 'cluster') {
      this.#open(words);
      return [];
    }
    const cluster = this.#cluster;
    if (!cluster) throw new Error('a transcript begins with a cluster');
    if (verb === 'status')
      return [...cluster.members.keys()].map((id) => ({ kind: 'fact', text: this.#statusOf(cluster, id) }));
    this.#run(cluster, verb, words);
    cluster.work();
    return this.#happenings;
  }

  #run(cluster: Cluster, verb: string, words: readonly string[]): void {
    const [first = '', ...rest] = words;
    const id = Number(first);
    const text = rest.join(' ');
    switch (verb) {
      case 'start':
        return cluster.start(id);
      case 'campaign':
        return cluster.node(id).campaign();
      case 'tick':
        return cluster.tick(id, Number(text || 1));
      case 'propose':
        return this.#refusal(cluster.node(id).propose(...rest.map(bytesOf)));
      case 'change':
        return this.#refusal(cluster.node(id).proposeConfChange(parseChange(text)));
      case 'read':
        return cluster.node(id).readIndex(bytesOf(text));
      case 'transfer':
        return cluster.node(id).transferLeader(Number(text));
      case 'snapshot':
        return cluster.member(id).snapshot();
      case 'restart':
        return cluster.restart(id);
      case 'isolate':
        return cluster.isolate(id);
      case 'cut':
        return cluster.cut(id, Number(text));
      case 'heal':
        return cluster.heal();
      case 'drop':
        return cluster.dropAllOf(id);
      case 'deliver':
      case 'settle':
        return cluster.deliver();
      case 'round':
        for (let i = 0; i < Number(first || 1); i++) {
          for (const each of cluster.members.keys()) cluster.tick(each);
          cluster.deliver();
        }
        return;
      default:
        throw new Error(`'${verb}' is not a command`);
    }
  }

  #refusal(result: { readonly ok: boolean; readonly reason?: string }): void {
    if (!result.ok) this.#happenings.push({ kind: 'fact', text: `refused: ${result.reason}` });
  }

  #open(words: readonly string[]): void {
    const at = words.indexOf('with');
    const members = parseConfState((at < 0 ? words : words.slice(0, at)).join(' '));
    const named = at < 0 ? [] : words.slice(at + 1);
    const unknown = named.find((name) => !switches[name]);
    if (unknown !== undefined) throw new Error(`'${unknown}' is not a way to configure a member`);
    const config = Object.assign({}, ...named.map((name) => switches[name])) as Partial<RaftConfig>;
    const ids = [...members.voters, ...members.votersOutgoing, ...members.learners];
    this.#cluster = new Cluster({
      members,
      ids: [...new Set(ids)].sort((a, b) => a - b),
      config,
      onHappening: (happening) => this.#happenings.push(happening),
    });
  }

  #statusOf(cluster: Cluster, id: number): string {
    const { role, term, commit, confState, progress } = cluster.node(id).status();
    const terms = cluster.entriesOf(id).map((entry) => entry.term);
    const first = cluster.member(id).storage.firstIndex();
    const log = `log ${first > 1 ? `from ${first}: ` : ''}${terms.join(' ') || 'empty'}`;
    const states = [...(progress ?? [])].filter(([peer]) => peer !== id);
    const peers = states.map(([peer, it]) => `${peer} ${it.state} ${it.match}`).join(', ');
    return `${id} ${role} term ${term}, ${log}, commit ${commit}, of ${textOfConfState(confState)}${peers && `; ${peers}`}`;
  }
}
