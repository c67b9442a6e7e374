// Countries in a request: codes of ISO 3166-1, and nothing that only looks like one.
import { describe, expect, it } from 'vitest';
import { countryCode } from '../../../shared/country.ts';
import { requestOf, wordsOf } from './request/reading.ts';

const body = (country: string) => ({ target: '192.0.2.1', expect: { countriesExclude: [country] } });
const wanted = 'expect.countriesExclude.0: must be a two-letter country code (ISO 3166-1)';

it('knows a country by its code, in either case', () => {
  expect(requestOf('traceroute', body('gb')).expect).toMatchObject({ countriesExclude: ['GB'] });
});

describe('a code that is no country is refused', () => {
  it.each([
    ['UK', `${wanted}, not "UK"; did you mean GB?`],
    ['el', `${wanted}, not "el"; did you mean GR?`],
    ['EN', `${wanted}, not "EN"`],
    ['XX', `${wanted}, not "XX"`],
    ['EU', `${wanted}, not "EU"`],
    ['ZZ', `${wanted}, not "ZZ"`],
    ['DEU', `${wanted}, not "DEU"`],
  ])('%s', (code, words) => expect(wordsOf('traceroute', body(code))).toBe(words));
});

it('knows no code that Node has no name for', () => {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  const known = codes.filter((code) => countryCode(code) !== null);
  expect(known).toHaveLength(250);
  expect(known.filter((code) => names.of(code) === undefined)).toEqual([]);
});
