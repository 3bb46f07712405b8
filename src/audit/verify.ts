import { type AuditHead, type AuditLine, lineHash, noHead, parseLine } from './chain.js';

/** Last head of a member's audit that the cluster knows. */
export interface AuditAnchor extends AuditHead {
  /** Time at which it was stored, milliseconds since the epoch. */
  readonly at: number;
}

/** Result of a check. */
export interface AuditReport {
  /** Lines that were read, whole ones. */
  readonly lines: number;
  readonly head: AuditHead;
  /** Id of the member that wrote them, as the newest `start` says; `''` for none. */
  readonly member: string;
  /** Places at which the chain does not hold. None: no line was changed, left out or added. */
  readonly problems: readonly string[];
  /** Facts that are no problem: where the chain begins, and lines that were cut when a process ended. */
  readonly notes: readonly string[];
}

/** Most problems and notes that a report has. */
const saidMax = 20;

/** Checks a chain line by line: files of one member, oldest first. */
export class AuditVerifier {
  #head: AuditHead | undefined;
  #member = '';
  #lines = 0;
  /** A line that is no JSON, and the head before it: the next line tells whether the process was cut off there. */
  #cut: { readonly hash: string; readonly at: string } | undefined;
  /** Hash of the line that an anchor names. */
  #anchored: string | undefined;
  readonly #anchorLine: number;
  readonly #problems: string[] = [];
  readonly #notes: string[] = [];

  /** `anchorLine` is the number of a line whose hash will be asked for. */
  constructor(anchorLine = 0) {
    this.#anchorLine = anchorLine;
  }

  /** Takes the next line, without its line break. `at` names its place, as `FILE:12`. */
  take(text: string, at: string): void {
    const line = parseLine(text);
    if (!line) {
      if (this.#cut) this.#problem(`${this.#cut.at} is no line of an audit`);
      this.#cut = { hash: lineHash(text), at };
      return;
    }
    const expected = this.#cut?.hash ?? this.#head?.hash;
    const next = (this.#head?.line ?? 0) + 1;
    const resumes = line.event === 'start' && line.resumed === 'anchor';
    if (!this.#head && !this.#cut) this.#begin(line, at);
    else if (line.prev === expected && (line.line === next || !this.#head)) this.#noteCut();
    else if (resumes) this.#note(`${at}: the chain goes on from the head that the cluster knew, line ${line.line - 1}`);
    else this.#problem(this.#broken(line, { next, expected }, at));
    this.#cut = undefined;
    if (typeof line.member === 'string') this.#member = line.member;
    this.#lines++;
    this.#head = { line: line.line, hash: lineHash(text) };
    if (line.line === this.#anchorLine) this.#anchored = this.#head.hash;
  }

  /** Ends the check; with an anchor it compares the chain with what the cluster knows. */
  report(anchor?: AuditAnchor): AuditReport {
    if (this.#cut) this.#note(`${this.#cut.at}: the last line was cut`);
    if (anchor) this.#compare(anchor);
    return {
      lines: this.#lines,
      head: this.#head ?? noHead,
      member: this.#member,
      problems: this.#problems,
      notes: this.#notes,
    };
  }

  #begin({ line, prev }: Pick<AuditLine, 'line' | 'prev'>, at: string): void {
    if (line === 1 && prev === noHead.hash) return;
    this.#note(`${at}: the chain begins at line ${line}; the lines before it are in an older file`);
  }

  #noteCut(): void {
    if (this.#cut) this.#note(`${this.#cut.at}: a line was cut, when the process or the disk failed`);
  }

  #broken(
    { line, prev }: { readonly line: number; readonly prev: string },
    { next, expected }: { readonly next: number; readonly expected: string | undefined },
    at: string,
  ): string {
    if (this.#cut) return `${this.#cut.at} was changed: ${at} holds another hash of it`;
    if (line > next) return `${at}: lines ${next} to ${line - 1} are missing`;
    if (line < next) return `${at}: line ${line} comes after line ${next - 1}`;
    return prev === expected ? `${at} is out of place` : `the line before ${at} was changed: its hash is another`;
  }

  #compare({ line, hash, at }: AuditAnchor): void {
    const when = new Date(at).toISOString();
    if (this.#anchored === hash) return this.#note(`the cluster knows line ${line} since ${when}: it is the same`);
    const { line: last } = this.#head ?? noHead;
    if (this.#anchored !== undefined) this.#problem(`line ${line} is not the one that the cluster knows since ${when}`);
    else if (last < line)
      this.#problem(`the cluster knows line ${line} since ${when}, and the last one here is ${last}`);
    else this.#note(`line ${line}, which the cluster knows, is in an older file`);
  }

  #problem(text: string): void {
    if (this.#problems.length < saidMax) this.#problems.push(text);
  }

  #note(text: string): void {
    if (this.#notes.length < saidMax) this.#notes.push(text);
  }
}
