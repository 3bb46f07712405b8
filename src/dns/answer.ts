import { isIP } from 'node:net';
import type { Answer, DecodedPacket, OptAnswer, Packet, Question } from 'dns-packet';
import type { Random } from '../base/random.js';
import { nameOfAddress, readName, zone, type FindInstances, type ZoneInstance } from './zone.js';

/** For how long others may remember what we said, seconds: health changes by the second. */
const ttl = 5;
/** What fits into one packet of most networks; more is asked for over TCP. */
export const udpBytesMax = 1_232;

const authoritative = 1 << 10;
const recursionDesired = 1 << 8;

/** Response codes (RFC 1035, RFC 6891). */
const rcodes = { noError: 0, formErr: 1, nxDomain: 3, notImp: 4, refused: 5, badVers: 16 } as const;

interface Said {
  readonly rcode: number;
  readonly answers?: readonly Answer[];
  readonly additionals?: readonly Answer[];
}

/** What we say to a query: passing instances only, in random order. Nothing is read but what `find` gives. */
export function answer(query: DecodedPacket, find: FindInstances, random: Random): Packet {
  const opt = query.additionals?.find((record): record is OptAnswer => record.type === 'OPT');
  const [question, ...more] = query.questions ?? [];
  if (opt && opt.ednsVersion !== 0) return response(query, question, opt, { rcode: rcodes.badVers });
  if ((((query.flags ?? 0) >> 11) & 0xf) !== 0) return response(query, question, opt, { rcode: rcodes.notImp });
  if (!question || more.length > 0) return response(query, undefined, opt, { rcode: rcodes.formErr });
  return response(query, question, opt, say(question, find, random));
}

/** What we say to what cannot be read, if that is a query at all: a response to a response would never end. */
export function answerToNonsense(bytes: Buffer): Packet | undefined {
  if (bytes.length < 12 || (bytes.readUInt8(2) & 0x80) !== 0) return undefined;
  return { type: 'response', id: bytes.readUInt16BE(0), flags: rcodes.formErr };
}

function say({ name, type, class: of = 'IN' }: Question, find: FindInstances, random: Random): Said {
  if (of !== 'IN') return { rcode: rcodes.refused };
  const named = readName(name, find);
  switch (named.is) {
    case 'foreign':
      return { rcode: rcodes.refused };
    case 'nothing':
      return { rcode: rcodes.nxDomain };
    case 'above':
      return { rcode: rcodes.noError, answers: type === 'SOA' && isApex(name) ? [authority] : [] };
    case 'address':
      return { rcode: rcodes.noError, answers: addresses(name, type, [named.address]) };
    case 'service': {
      const passing = shuffled(named.instances, random).filter(({ health }) => health === 'passing');
      if (type === 'SRV') return { rcode: rcodes.noError, ...services(name, passing) };
      const hosts = passing.map(({ host }) => host);
      return { rcode: rcodes.noError, answers: addresses(name, type, hosts) };
    }
  }
}

/** Can it be written as a name (RFC 1035 §2.3.4)? One that cannot would spoil the whole answer. */
const isName = (host: string) => {
  const labels = host.replace(/\.$/, '').split('.');
  return host.length <= 253 && labels.every((label) => label.length >= 1 && label.length <= 63);
};

/** Records of those hosts that are addresses of the family asked for; a host that has a name is for SRV only. */
function addresses(name: string, type: string, hosts: readonly string[]): Answer[] {
  const of = (family: 4 | 6) => [...new Set(hosts)].filter((host) => isIP(host) === family);
  const a = of(4).map((data): Answer => ({ type: 'A', name, ttl, data }));
  const aaaa = of(6).map((data): Answer => ({ type: 'AAAA', name, ttl, data }));
  if (type === 'ANY') return [...a, ...aaaa];
  return type === 'A' ? a : type === 'AAAA' ? aaaa : [];
}

function services(name: string, found: readonly ZoneInstance[]) {
  const passing = found.filter(({ host }) => isIP(host) !== 0 || isName(host));
  const answers = passing.map(({ host, port, weight }): Answer => {
    const target = isIP(host) === 0 ? host : nameOfAddress(host);
    return { type: 'SRV', name, ttl, data: { priority: 1, weight: Math.min(weight, 0xffff), port, target } };
  });
  const hosts = [...new Set(passing.map(({ host }) => host))];
  return {
    answers,
    additionals: hosts.flatMap((host) => (isIP(host) ? addresses(nameOfAddress(host), 'ANY', [host]) : [])),
  };
}

/** How long others may remember that there is nothing is in it, too. */
const authority: Answer = {
  type: 'SOA',
  name: zone,
  ttl,
  data: { mname: zone, rname: `hostmaster.${zone}`, serial: 1, refresh: 60, retry: 60, expire: 60, minimum: ttl },
};

function response(
  query: DecodedPacket,
  question: Question | undefined,
  opt: OptAnswer | undefined,
  said: Said,
): Packet {
  const { rcode, answers = [], additionals = [] } = said;
  const ours = rcode === rcodes.noError || rcode === rcodes.nxDomain;
  const kept = (query.flags ?? 0) & (recursionDesired | (0xf << 11));
  return {
    type: 'response',
    ...(query.id !== undefined && { id: query.id }),
    flags: kept | (ours ? authoritative : 0) | (rcode & 0xf),
    questions: question ? [question] : [],
    answers: [...answers],
    authorities: ours && answers.length === 0 ? [authority] : [],
    additionals: [...additionals, ...(opt ? [ourOpt(rcode >> 4)] : [])],
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
    const j = random(i + 1);
    [mixed[i], mixed[j]] = [mixed[j] as T, mixed[i] as T];
  }
  return mixed;
}

function isApex(name: string): boolean {
  return name.replace(/\.$/, '').toLowerCase() === zone;
}
