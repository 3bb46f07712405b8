import { type Answer, decode, encode, type Packet, type Question } from 'dns-packet';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { answer, answerToNonsense } from '../../src/dns/answer.js';
import { fit, udpBytesFor } from '../../src/dns/fit.js';
import type { ZoneInstance } from '../../src/dns/zone.js';
import { ZoneCache } from '../../src/dns/zone-cache.js';

const one = (host: string, more: Partial<ZoneInstance> = {}): ZoneInstance => ({
  ...{ host, port: 80, weight: 1, health: 'passing', tags: [] },
  ...more,
});

const catalogue: Record<string, ZoneInstance[]> = {
  web: [
    one('10.0.0.1', { tags: ['v2'] }),
    one('10.0.0.1', { port: 81, weight: 70_000 }),
    one('2001:db8::1'),
    one('host.example', { tags: ['v2', 'Blue'] }),
    one('10.0.0.2', { health: 'critical', tags: ['old'] }),
  ],
  odd: [one('h'.repeat(64)), one('a..b'), one('fine.example')],
  down: [one('10.0.0.9', { health: 'warning' })],
  'a.b': [one('10.0.0.3')],
  big: [one('10.0.0.4')],
  many: Array.from({ length: 100 }, (_, i) => one(`10.0.1.${i}`)),
};
const find = (name: string) => (Object.hasOwn(catalogue, name) ? (catalogue[name] ?? []) : []);

const opt = { type: 'OPT', name: '.', udpPayloadSize: 4_096, ednsVersion: 0, flags: 0 } as unknown as Answer;
const query = (name: string, type: Question['type'] | 'ANY' = 'A', more: Packet = {}) =>
  decode(encode({ type: 'query', id: 7, questions: [{ name, type: type as Question['type'] }], ...more }));
const names = () => new ZoneCache(find, () => 1);
const reply = (...of: Parameters<typeof query>) => answer(query(...of), names(), seededRandom(1));
const ask = (...of: Parameters<typeof query>) => decode(fit(reply(...of), 65_535));
const rcode = ({ flags = 0 }: Packet) => flags & 0xf;
const text = (record: Answer) => {
  if (record.type === 'SRV') {
    const { weight, port, target } = record.data;
    return `${record.type} ${weight} ${port} ${target}`;
  }
  return `${record.type} ${(record as { data?: string }).data}`;
};
const texts = (records: Answer[] = []) => records.map(text).sort();

describe('a DNS query', () => {
  it.each([
    ['web.service.skep', 'A', ['A 10.0.0.1']],
    ['WEB.Service.SKEP', 'A', ['A 10.0.0.1']],
    ['web.service.skep', 'AAAA', ['AAAA 2001:db8::1']],
    ['web.service.skep', 'ANY', ['A 10.0.0.1', 'AAAA 2001:db8::1']],
    ['v2.web.service.skep', 'A', ['A 10.0.0.1']],
    ['blue.web.service.skep', 'SRV', ['SRV 1 80 host.example']],
    ['odd.service.skep', 'SRV', ['SRV 1 80 fine.example']],
    ['a.b.service.skep', 'A', ['A 10.0.0.3']],
    ['Big.service.skep', 'A', ['A 10.0.0.4']],
    ['0a000001.addr.skep', 'A', ['A 10.0.0.1']],
    ['20010db8000000000000000000000001.addr.skep', 'AAAA', ['AAAA 2001:db8::1']],
  ] as const)('%s %s is answered with what passes', (name, type, expected) => {
    const said = ask(name, type);
    expect({ rcode: rcode(said), answers: texts(said.answers) }).toEqual({ rcode: 0, answers: expected });
    expect(said.answers?.every((record) => 'ttl' in record && record.ttl === 5)).toBe(true);
    expect(said).toMatchObject({ id: 7, type: 'response', flag_aa: true });
  });

  it('for SRV gives weight, port and a target, and the addresses of the targets beside', () => {
    const { answers, additionals } = ask('web.service.skep', 'SRV');
    const six = '20010db8000000000000000000000001.addr.skep';
    expect(texts(answers)).toEqual(
      [
        'SRV 1 80 0a000001.addr.skep',
        `SRV 1 80 ${six}`,
        'SRV 1 80 host.example',
        'SRV 65535 81 0a000001.addr.skep',
      ].sort(),
    );
    expect(texts(additionals)).toEqual(['A 10.0.0.1', 'AAAA 2001:db8::1']);
  });

  it.each([
    ['none.service.skep', 'A', 3],
    ['old.none.service.skep', 'A', 3],
    ['v9.web.service.skep', 'A', 3],
    ['web.skep', 'A', 3],
    ['xyz.addr.skep', 'A', 3],
    ['down.service.skep', 'A', 0],
    ['old.web.service.skep', 'A', 0],
    ['web.service.skep', 'TXT', 0],
    ['service.skep', 'A', 0],
    ['skep', 'NS', 0],
  ] as const)('%s %s has no answer: %i, and says for how long that holds', (name, type, expected) => {
    const said = ask(name, type);
    expect({ rcode: rcode(said), answers: said.answers }).toEqual({ rcode: expected, answers: [] });
    expect(said.authorities).toMatchObject([{ type: 'SOA', name: 'skep' }]);
  });

  it.each(['example.com', 'web.service.skep.example', 'xskep', ''])('for %j is refused', (name) => {
    const said = ask(name);
    expect({ rcode: rcode(said), authorities: said.authorities }).toEqual({ rcode: 5, authorities: [] });
  });

  it('for the zone itself has an SOA', () => {
    expect(ask('skep.', 'SOA').answers).toMatchObject([{ type: 'SOA' }]);
  });

  it('that asks twice, nothing, or for something else than answers is not answered', () => {
    const two = [{ name: 'web.service.skep', type: 'A' } as const, { name: 'web.service.skep', type: 'SRV' } as const];
    expect(rcode(ask('', 'A', { questions: two }))).toBe(1);
    expect(rcode(ask('', 'A', { questions: [] }))).toBe(1);
    expect(rcode(ask('web.service.skep', 'A', { flags: 5 << 11 }))).toBe(4);
    expect(rcode(ask('web.service.skep', 'A', { questions: [{ name: 'skep', type: 'A', class: 'CH' }] }))).toBe(5);
  });

  it('with EDNS is answered with EDNS, and refused in a version that we do not know', () => {
    expect(ask('web.service.skep', 'A', { additionals: [opt] }).additionals).toMatchObject([{ type: 'OPT' }]);
    const next = { ...opt, ednsVersion: 1 } as Answer;
    expect(ask('web.service.skep', 'A', { additionals: [next] })).toMatchObject({
      answers: [],
      additionals: [{ type: 'OPT', extendedRcode: 1 }],
    });
  });

  it('gets the instances in another order each time', () => {
    const random = seededRandom(1);
    const zone = names();
    const order = () =>
      (decode(fit(answer(query('many.service.skep'), zone, random), 65_535)).answers ?? []).map(text).join();
    expect(new Set([order(), order(), order()]).size).toBe(3);
  });
});

describe('a response that is too long', () => {
  it('has as many answers as fit, and says that there are more', () => {
    const short = query('many.service.skep');
    const long = query('many.service.skep', 'A', { additionals: [opt] });
    for (const [asked, max] of [[short, 512], [long, 1_232]] as const) {
      expect(udpBytesFor(asked)).toBe(max);
      const bytes = fit(answer(asked, names(), seededRandom(1)), max);
      expect(bytes.length).toBeLessThanOrEqual(max);
      const read = decode(bytes);
      expect(read.flag_tc).toBe(true);
      expect(read.answers?.length).toBeGreaterThan(max / 20);
    } // prettier-ignore
  });

  it('lets go of what nobody asked for first', () => {
    const said = reply('web.service.skep', 'SRV');
    const read = decode(fit(said, fit(said, 65_535).length - 1));
    expect({ truncated: read.flag_tc, answers: read.answers?.length, more: read.additionals }).toEqual({
      ...{ truncated: false, answers: 4, more: [] },
    });
  });

  it('is whole where there is room', () => {
    expect(ask('many.service.skep')).toMatchObject({ flag_tc: false });
  });
});

describe('what is no query', () => {
  it('is told so if it has a header, and is ignored when it is too short or a response', () => {
    const bytes = encode({ type: 'query', id: 9, questions: [{ name: 'web.service.skep', type: 'A' }] });
    expect(answerToNonsense(bytes.subarray(0, 20))).toEqual({ id: 9, flags: 1 });
    expect(answerToNonsense(bytes.subarray(0, 11))).toBeUndefined();
    expect(answerToNonsense(encode({ type: 'response', id: 9 }))).toBeUndefined();
  });
});
