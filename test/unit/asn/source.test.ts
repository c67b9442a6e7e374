// Records of strangers: what is taken out of them, and how it is written down.
import { describe, expect, it } from 'vitest';
import { countryIn, wordsIn } from '../../../agent/asn/source.ts';

describe('words', () => {
  it.each([
    ['Example  Mobile', 'Example Mobile'],
    ['Exa\u200bmple\u00ad\u3000Mobile', 'Example Mobile'],
    ['\u001b[31mExample\r\nMobile', '[31mExample Mobile'],
    ['\u200b', null],
    [7, null],
  ])('of %j: %j', (given, words) => expect(wordsIn(given)).toBe(words));
});

describe('a country', () => {
  it.each(['DE', 'gb', 'XK'])('is %s', (code) => expect(countryIn(code)).toBe(code.toUpperCase()));

  it.each(['EU', 'AP', 'ZZ', 'XX', 'UN', 'UK', 'A1', 'Germany', '', null])('is not %j', (code) =>
    expect(countryIn(code)).toBeNull(),
  );
});
