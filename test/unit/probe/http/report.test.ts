// What curl says on stderr: the versions of Debian 11 to 13, each in its own words.
import { describe, expect, it } from 'vitest';
import {
  type Report,
  daysLeft,
  nothingReported,
  withLine,
  wordsOf,
} from '../../../../agent/probe/http/report.ts';

const reported = (...lines: string[]): Report => lines.reduce(withLine, nothingReported);

describe('the report', () => {
  it.each([
    '* connect to 192.0.2.1 port 443 failed: No route to host',
    '*   connect to 192.0.2.1 port 443 from 10.0.0.2 port 51234 failed: No route to host',
    '* Immediate connect fail for 192.0.2.1: No route to host',
  ])('has the connections that failed: %s', (line) => {
    expect(reported(line).refused).toEqual([{ address: '192.0.2.1', words: 'No route to host' }]);
  });

  it('knows how far it came', () => {
    const trying = '*   Trying 127.0.0.1:80...';
    const [old, new_] = [
      '* Connected to one.test (127.0.0.1) port 80 (#0)',
      '* Established connection to one.test',
    ];
    expect(nothingReported.connection).toBe('none');
    expect(reported(trying, '< * Connected to x').connection).toBe('tried');
    for (const made of [old, new_]) expect(reported(trying, made, trying).connection).toBe('made');
  });

  it('knows an interface that was refused', () => {
    const line = '* Local Interface eth1 is ip 192.168.2.10 using address family 2';
    expect(reported(line).boundToAddress).toBe(true);
    expect(reported(`< ${line}`, '*   Trying 192.168.2.77:80...').boundToAddress).toBe(false);
  });

  it('has those of no more addresses than anybody reads', () => {
    const line = '* connect to 192.0.2.1 port 443 failed: Connection refused';
    expect(reported(...Array.from({ length: 100 }, () => line)).refused).toHaveLength(8);
  });

  it('has the headers that say how the body is written, of the last answer alone', () => {
    const early = [
      '< HTTP/1.1 103 Early Hints',
      '< Content-Type: text/plain',
      '< Content-Encoding: br',
      '< ',
    ];
    const page = ['< HTTP/2 200', '< content-type: text/html; charset=utf-8', '< '];
    const trailer = '< Content-Type: text/html; charset=latin1';
    expect(reported(...early)).toMatchObject({ contentType: 'text/plain', contentEncoding: 'br' });
    const { contentType, contentEncoding } = reported(...early, ...page, trailer);
    expect([contentType, contentEncoding]).toEqual(['text/html; charset=utf-8', null]);
    const twice = ['< Content-Encoding: gzip', '< Content-Encoding: br'];
    expect(reported(...twice).contentEncoding).toBe('gzip, br');
  });

  it('has the words of a version whose JSON has none (7.74)', () => {
    const old = '{"http_code":0,"response_code":0,"num_connects":0,"time_total":0.1}';
    expect(wordsOf(reported('curl: (7) Failed to connect', 'curl: (8) later', old))).toBe(
      'Failed to connect',
    );
    expect(wordsOf(reported(old))).toBe('it does not say why');
  });

  it('has no more of a redirection than a URL may be long', () => {
    const url = (length: number): string => 'http://portal.test/'.padEnd(length, 'a');
    for (const length of [2048, 90_000]) {
      const { summary } = reported(JSON.stringify({ redirect_url: url(length) }));
      expect(summary?.redirect_url).toBe(url(2048));
    }
  });

  it.each([
    ['http://user:s3cret@portal.test/?x=1', 'http://portal.test/?x=1'],
    ['http://s3cret@portal.test/a@b', 'http://portal.test/a@b'],
    ['http://portal.test/?mail=me@one.test', 'http://portal.test/?mail=me@one.test'],
    ['http://user:s3cret@portal.test:99999/', 'http://…@portal.test:99999/'],
  ])('shows no password of a redirection: %s', (url, shown) => {
    expect(reported(JSON.stringify({ redirect_url: url })).summary?.redirect_url).toBe(shown);
  });

  it('has words in one line, and not too many', () => {
    const words = JSON.stringify({ errormsg: `a\n\u0007b ${'x'.repeat(400)}` });
    expect(wordsOf(reported(words))).toMatch(/^a b x{296}$/);
  });

  it('has no summary where the JSON is none', () => {
    expect(reported('{"response_code":"x"}').summary).toBe(null);
    expect(reported('{"response_code":').summary).toBe(null);
  });
});

describe('a certificate', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');

  it.each<[certs: string | null, days: number | null]>([
    ['Subject:CN = a\nExpire date:Nov 22 18:00:00 2026 GMT\nExpire date:Nov 30 18:00:00 2030 GMT\n', 2.25],
    ['Expire date: 2026-11-19 12:00:00 GMT\n', -1],
    ['Subject:CN = a\n', null],
    ['Expire date:soon\n', null],
    [null, null],
  ])('%#: the days that are left are those of the first', (certs, days) => {
    expect(daysLeft(certs, now)).toBe(days);
  });
});
