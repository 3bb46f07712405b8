import { describe, expect, it } from 'vitest';
import { CallLimits, Denials } from '../../src/api/call-limits.js';
import type { AuditEntry, AuditSink } from '../../src/audit/index.js';

const clock = () => {
  let now = 0;
  return { monotonic: () => now, pass: (ms: number) => (now += ms) };
};
const peer = (address: string) => `${address}:${Math.floor(Math.random() * 60_000)}`;

describe('limits of what an address may ask without an identity', () => {
  it('give it so many requests for certificates, from whatever port', () => {
    const time = clock();
    const limits = new CallLimits(time);
    for (let i = 0; i < 50; i++) limits.checkIssue(peer('10.0.0.1'));
    expect(() => limits.checkIssue(peer('10.0.0.1'))).toThrow('too many requests for certificates: try again in 1 s');
    limits.checkIssue(peer('10.0.0.2'));
    time.pass(1_000);
    for (let i = 0; i < 5; i++) limits.checkIssue(peer('10.0.0.1'));
    expect(() => limits.checkIssue(peer('10.0.0.1'))).toThrow('LIMIT_EXCEEDED');
  });

  it('give all addresses together so many', () => {
    const limits = new CallLimits(clock());
    const taken = Array.from({ length: 200 }, (_, i) => {
      try {
        limits.checkIssue(`10.0.0.${i}:1`);
        return true;
      } catch {
        return false;
      }
    });
    expect(taken.filter((one) => one)).toHaveLength(100);
  });

  it('look at no token after ten wrong ones, for a while', () => {
    const time = clock();
    const limits = new CallLimits(time);
    for (let i = 0; i < 10; i++) {
      expect(limits.blocked(peer('::1'))).toBeUndefined();
      for (let again = 0; again < 3; again++) limits.noteWrongToken(peer('::1'), `guess ${i}`);
    }
    expect(limits.blocked(peer('::1'))).toBe('too many wrong tokens from ::1: try again in 6 s');
    expect(() => limits.checkIssue(peer('::1'))).toThrow('too many wrong tokens');
    expect(limits.blocked(peer('::2'))).toBeUndefined();
    time.pass(6_000);
    expect(limits.blocked(peer('::1'))).toBeUndefined();
  });
});

describe('denials in the audit', () => {
  it('are so many of an address, and the next says how many were left out', () => {
    const time = clock();
    const noted: AuditEntry[] = [];
    const sink: AuditSink = { note: (entry) => noted.push(entry), mustBeWritable: () => undefined };
    const denials = new Denials(sink, time);
    for (let i = 0; i < 100; i++) denials.note({ event: 'denied', address: `10.0.0.1:${i}` });
    expect(noted).toHaveLength(60);
    denials.note({ event: 'write', version: 1 });
    expect(noted).toHaveLength(61);
    denials.note({ event: 'denied', address: '10.0.0.2:1' });
    expect(noted.at(-1)).toMatchObject({ leftOut: 40 });
    time.pass(1_000);
    denials.note({ event: 'denied', address: '10.0.0.1:1' });
    expect(noted.at(-1)).not.toHaveProperty('leftOut');
  });
});
