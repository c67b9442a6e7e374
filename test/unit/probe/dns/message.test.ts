// DNS messages: what is asked, which answers count, and what they say. Whatever bytes come, reading them never throws.
import { type Packet, decode, encode } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answers, dnsQuestion, readAnswer } from '../../../../agent/probe/dns/message.ts';

type AnswerRecord = NonNullable<Packet['answers']>[number];

const asked = dnsQuestion('one.example', 'A');

const answer = (given: Packet = {}): Buffer =>
  encode({
    type: 'response',
    id: asked.id,
    flags: 0x180,
    questions: [{ name: 'one.example', type: 'A', class: 'IN' }],
    answers: [{ type: 'A', name: 'one.example', ttl: 60, data: '192.0.2.1' }],
    ...given,
  });

describe('a question', () => {
  it('asks for one name and type, with recursion, and for answers of at most 1232 bytes', () => {
    const { questions, additionals, ...head } = decode(dnsQuestion('_sip._tcp.one.example', 'SRV').payload);
    expect(questions).toEqual([{ name: '_sip._tcp.one.example', type: 'SRV', class: 'IN' }]);
    expect(additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232 }]);
    expect(head).toMatchObject({ type: 'query', flag_rd: true, answers: [] });
  });

  it('asks without extensions where they are not borne', () => {
    expect(decode(dnsQuestion('one.example', 'A', false).payload).additionals).toEqual([]);
  });

  it('bears another id each time', () => {
    expect(
      new Set(Array.from({ length: 100 }, () => dnsQuestion('one.example', 'A').id)).size,
    ).toBeGreaterThan(95);
  });
});

describe('an answer', () => {
  it.each([
    ['of the same id and question', answer(), true],
    [
      'in other letters (0x20)',
      answer({ questions: [{ name: 'ONE.eXample', type: 'A', class: 'IN' }] }),
      true,
    ],
    ['that leaves the question out', answer({ questions: [], answers: [] }), true],
    ['that is cut behind the question', answer().subarray(0, 30), true],
    ['that is garbage behind its id', Buffer.concat([answer().subarray(0, 4), Buffer.alloc(40, 0xff)]), true],
    ['of another id', answer({ id: asked.id ^ 1 }), false],
    ['to another name', answer({ questions: [{ name: 'two.example', type: 'A', class: 'IN' }] }), false],
    ['to another type', answer({ questions: [{ name: 'one.example', type: 'AAAA', class: 'IN' }] }), false],
    ['that is a question itself', asked.payload, false],
    ['of eleven bytes', answer().subarray(0, 11), false],
  ])('%s', (_what, payload, counts) => expect(answers(asked, payload)).toBe(counts));
});

describe('what an answer says', () => {
  it.each<[string, AnswerRecord, string]>([
    ['A', { name: 'one.example', ttl: 60, type: 'A', data: '192.0.2.1' }, '192.0.2.1'],
    ['AAAA', { name: 'one.example', ttl: 60, type: 'AAAA', data: '2001:db8:0:0::1' }, '2001:db8::1'],
    ['CNAME', { name: 'one.example', ttl: 60, type: 'CNAME', data: 'two.example' }, 'two.example'],
    ['NS', { name: 'one.example', ttl: 60, type: 'NS', data: 'ns.example' }, 'ns.example'],
    ['PTR', { name: 'one.example', ttl: 60, type: 'PTR', data: 'host.example' }, 'host.example'],
    [
      'MX',
      { name: 'one.example', ttl: 60, type: 'MX', data: { preference: 10, exchange: 'mail.example' } },
      '10 mail.example',
    ],
    [
      'SRV',
      {
        name: 'one.example',
        ttl: 60,
        type: 'SRV',
        data: { priority: 1, weight: 2, port: 5060, target: 'sip.example' },
      },
      '1 2 5060 sip.example',
    ],
    ['TXT', { name: 'one.example', ttl: 60, type: 'TXT', data: ['v=spf1 ', '-all'] }, 'v=spf1 -all'],
    ['empty TXT', { name: 'one.example', ttl: 60, type: 'TXT', data: [''] }, ''],
    [
      'SOA',
      {
        name: 'one.example',
        ttl: 60,
        type: 'SOA',
        data: {
          mname: 'ns.example',
          rname: 'a.example',
          serial: 7,
          refresh: 1,
          retry: 2,
          expire: 3,
          minimum: 4,
        },
      },
      'ns.example a.example 7 1 2 3 4',
    ],
  ])('of a record of type %s stands as in zone files', (_type, record, data) => {
    const reading = readAnswer(answer({ answers: [record] }));
    expect(reading).toMatchObject({ type: 'answer', records: [{ type: record.type, ttlSeconds: 60, data }] });
  });

  it.each([
    [0, 'NOERROR'],
    [2, 'SERVFAIL'],
    [3, 'NXDOMAIN'],
    [5, 'REFUSED'],
    [9, 'NOTAUTH'],
    [11, 'RCODE11'],
  ])('by code %i is %s', (code, rcode) => {
    expect(readAnswer(answer({ flags: 0x180 | code }))).toMatchObject({
      type: 'answer',
      rcode,
      truncated: false,
    });
  });

  it('is a code of which a part stands in the record of extensions', () => {
    const opt = { name: '.', udpPayloadSize: 1232, flags: 0, options: [], ednsVersion: 0, flag_do: false };
    const additionals: Packet['additionals'] = [{ ...opt, type: 'OPT', extendedRcode: 1 }];
    expect(readAnswer(answer({ answers: [], additionals }))).toMatchObject({ rcode: 'BADVERS' });
  });

  it('is no lifetime where the highest bit of it is set', () => {
    const record = { type: 'A', name: 'one.example', ttl: 0x8000_0001, data: '192.0.2.1' } as const;
    expect(readAnswer(answer({ answers: [record] }))).toMatchObject({ records: [{ ttlSeconds: 0 }] });
  });

  it('is that it did not fit', () => {
    expect(readAnswer(answer({ flags: 0x380, answers: [] }))).toMatchObject({
      type: 'answer',
      truncated: true,
    });
  });

  it('leaves out records that nobody can ask for', () => {
    const signature = {
      type: 'CAA',
      name: 'one.example',
      ttl: 1,
      data: { tag: 'issue', value: 'x' },
    } as const;
    expect(readAnswer(answer({ answers: [signature] }))).toMatchObject({ type: 'answer', records: [] });
  });

  const alias = (name: string, data: string): AnswerRecord => ({ type: 'CNAME', name, ttl: 60, data });
  const address = (name: string, data: string): AnswerRecord => ({ type: 'A', name, ttl: 60, data });

  it('is what stands at the name asked for, or where its aliases lead to, and nothing beside', () => {
    const answers = [
      address('THREE.example.', '192.0.2.3'),
      alias('one.EXAMPLE', 'Two.example'),
      alias('two.example.', 'three.example'),
      alias('three.example', 'one.example'),
      address('other.example', '192.0.2.66'),
      alias('other.example', 'another.example'),
      address('another.example', '192.0.2.67'),
      { ...address('one.example', '192.0.2.68'), class: 'CH' } as const,
    ];
    const reading = readAnswer(answer({ answers }));
    expect(reading.type === 'answer' && reading.records.map(({ data }) => data)).toEqual([
      '192.0.2.3',
      'Two.example',
      'three.example',
      'one.example',
    ]);
  });

  it('is nothing where it does not say what was asked', () => {
    expect(readAnswer(answer({ questions: [] }))).toMatchObject({ type: 'answer', records: [] });
  });

  it('is nothing where it ends too early', () => {
    const whole = answer();
    expect(readAnswer(whole.subarray(0, 20)).type).toBe('unreadable');
    for (let length = 29; length < whole.length; length++) {
      expect([length, readAnswer(whole.subarray(0, length)).type]).toEqual([length, 'cut']);
    }
  });

  it('is nothing where its names lead in a circle', () => {
    // Behind the head and the question's 17 bytes: a record whose name points at itself.
    const circle = Buffer.concat([answer().subarray(0, 29), Buffer.from([0xc0, 29]), answer().subarray(-14)]);
    expect(readAnswer(circle).type).toBe('unreadable');
  });

  it('is read of whatever bytes without a throw', () => {
    const whole = answer();
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        readAnswer(bytes);
        answers(asked, bytes);
      }),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        readAnswer(Buffer.from(bytes));
        answers(asked, Buffer.from(bytes));
      }),
      { numRuns: 3000 },
    );
  });
});
