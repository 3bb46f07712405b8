import type { DecodedPacket, OptAnswer, Question } from 'dns-packet';
import type { Random } from '../base/random.js';
import { addressRecords, authority, type Records, rendered } from './records.js';
import { zone } from './zone.js';
import type { ZoneCache } from './zone-cache.js';

/** Size of what fits into one packet of most networks, bytes; more is asked for over TCP. */
export const udpBytesMax = 1_232;

const authoritative = 1 << 10;
const recursionDesired = 1 << 8;

/** Response codes (RFC 1035, RFC 6891). */
const rcodes = { noError: 0, formErr: 1, servFail: 2, nxDomain: 3, notImp: 4, refused: 5, badVers: 16 } as const;

/** A response, its records as bytes. */
export interface Reply {
  readonly id: number;
  /** All but the bits that mark a response and one that is truncated. */
  readonly flags: number;
  readonly question?: Question | undefined;
  readonly answers?: readonly Buffer[];
  readonly authorities?: readonly Buffer[];
  readonly additionals?: readonly Buffer[];
  /** Kept when there is no room for the other additional records. */
  readonly opt?: Buffer | undefined;
}

type Outcome = { readonly rcode: number } & Partial<Records>;

/** Answers a query with the passing instances, in random order. */
export function answer(query: DecodedPacket, names: ZoneCache, random: Random): Reply {
  const opt = query.additionals?.find((record): record is OptAnswer => record.type === 'OPT');
  const [question, ...others] = query.questions ?? [];
  if (opt && opt.ednsVersion !== 0) return response(query, question, opt, { rcode: rcodes.badVers });
  if ((((query.flags ?? 0) >> 11) & 0xf) !== 0) return response(query, question, opt, { rcode: rcodes.notImp });
  if (!question || others.length > 0) return response(query, undefined, opt, { rcode: rcodes.formErr });
  return response(query, question, opt, outcomeOf(question, names, random));
}

/** Answers what cannot be read, if it is a query at all: a response to a response would never end. */
export function answerToNonsense(bytes: Buffer): Reply | undefined {
  if (bytes.length < 12 || (bytes.readUInt8(2) & 0x80) !== 0) return undefined;
  return { id: bytes.readUInt16BE(0), flags: rcodes.formErr };
}

/** Says that answering failed here. */
export function failure({ id = 0, questions }: DecodedPacket): Reply {
  return { id, flags: rcodes.servFail, question: questions?.[0] };
}

function outcomeOf({ name, type, class: of = 'IN' }: Question, names: ZoneCache, random: Random): Outcome {
  if (of !== 'IN') return { rcode: rcodes.refused };
  const named = names.read(name);
  switch (named.is) {
    case 'foreign':
      return { rcode: rcodes.refused };
    case 'nothing':
      return { rcode: rcodes.nxDomain };
    case 'above':
      return { rcode: rcodes.noError, answers: type === 'SOA' && isApex(name) ? authority : [] };
    case 'address':
      return { rcode: rcodes.noError, answers: addressRecords(type, [named.address]) };
    case 'service': {
      const { answers, additionals } = named.records(type);
      return { rcode: rcodes.noError, answers: shuffled(answers, random), additionals };
    }
  }
}

function response(
  query: DecodedPacket,
  question: Question | undefined,
  opt: OptAnswer | undefined,
  outcome: Outcome,
): Reply {
  const { rcode, answers = [], additionals = [] } = outcome;
  const ours = rcode === rcodes.noError || rcode === rcodes.nxDomain;
  const kept = (query.flags ?? 0) & (recursionDesired | (0xf << 11));
  return {
    id: query.id ?? 0,
    flags: kept | (ours ? authoritative : 0) | (rcode & 0xf),
    question,
    answers,
    authorities: ours && answers.length === 0 ? authority : [],
    additionals,
    opt: opt && rendered([ourOpt(rcode >> 4)])[0],
  };
}

function ourOpt(extendedRcode: number): OptAnswer {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: udpBytesMax,
    extendedRcode,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  };
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const mixed = [...list];
  for (let i = mixed.length - 1; i > 0; i--) {
    const other = random(i + 1);
    [mixed[i], mixed[other]] = [mixed[other] as T, mixed[i] as T];
  }
  return mixed;
}

function isApex(name: string): boolean {
  return name.replace(/\.$/, '').toLowerCase() === zone;
}
