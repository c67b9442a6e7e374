// Organisations as people and programs write them: each in one spelling, or refused.
import { describe, expect, it } from 'vitest';
import { requestOf, wordsOf } from './request/reading.ts';

const body = (organisation: string) => ({ target: '192.0.2.1', expect: { orgExcludes: [organisation] } });

describe('an organisation is read as', () => {
  it.each([
    ['AS64500', 'AS64500'],
    ['as64500', 'AS64500'],
    ['ASN64500', 'AS64500'],
    ['AS 64500', 'AS64500'],
    ['asn 64500', 'AS64500'],
    ['ＡＳ64500', 'AS64500'],
    ['AS00000064500', 'AS64500'],
    ['AS4294967295', 'AS4294967295'],
    ['AS64500 Example Mobile', 'AS64500'],
    ['AS\u200b64500', 'AS64500'],
    ['Example  Mobile', 'Example Mobile'],
    [' Example\u00a0\u00a0Mobile\t', 'Example Mobile'],
    ['Exa\u200bmple\u00ad Mobile', 'Example Mobile'],
    ['carrier.example.', 'carrier.example'],
    ['Example Inc.', 'Example Inc.'],
    ['AS-26496-GO-DADDY', 'AS-26496-GO-DADDY'],
    ['1&1', '1&1'],
    ['AS', 'AS'],
  ])('%j: %j', (given, read) =>
    expect(requestOf('traceroute', body(given)).expect).toMatchObject({ orgExcludes: [read] }),
  );
});

describe('an organisation is refused', () => {
  const wanted = 'must be an AS number such as AS64500, or a part of a name or of a domain';
  const behind = 'must have nothing but a blank and a name behind its AS number';

  it.each([
    ['64500', `${wanted}, not "64500"; did you mean AS64500?`],
    ['AS-64500', `${wanted}, not "AS-64500"; did you mean AS64500?`],
    ['AS: 64500', `${wanted}, not "AS: 64500"; did you mean AS64500?`],
    ['AS64500,', `${behind}, not "AS64500,"; did you mean AS64500?`],
    ['AS64500-Example', `${behind}, not "AS64500-Example"; did you mean AS64500?`],
    ['AS0', 'must have an AS number from 1 to 4294967295, not "AS0"'],
    ['AS4294967296 Example', 'must have an AS number from 1 to 4294967295, not "AS4294967296 Example"'],
    ['https://carrier.example', `${wanted}, not "https://carrier.example"; did you mean carrier.example?`],
    [
      'https://me:s3cret@carrier.example/',
      `${wanted}, not "https://…@carrier.example/"; did you mean carrier.example?`,
    ],
    ['https://', `${wanted}, not "https://"`],
    ['*.carrier.example', `${wanted}, not "*.carrier.example"; did you mean carrier.example?`],
    ['.carrier.example', `${wanted}, not ".carrier.example"; did you mean carrier.example?`],
    ['\u200b', 'must have at least 1 character'],
  ])('%j', (given, words) =>
    expect(wordsOf('traceroute', body(given))).toBe(`expect.orgExcludes.0: ${words}`),
  );
});
