// IPinfo's answers in all their forms.
import { expect, it } from 'vitest';
import { answerIn } from '../../../../agent/asn/ipinfo/answer.ts';

const address = '8.8.8.8';
const nothing = {
  asn: null,
  organisation: null,
  domain: null,
  prefix: null,
  country: null,
  source: 'ipinfo',
};
const google = { ...nothing, asn: 15169, organisation: 'Google LLC', country: 'US' };

const lite = {
  asn: 'AS15169',
  as_name: 'Google LLC',
  as_domain: 'google.com',
  country_code: 'US',
  country: 'United States',
};
const paid = {
  asn: 'AS15169',
  name: 'Google LLC',
  domain: 'google.com',
  route: '8.8.8.0/24',
  type: 'hosting',
};

it.each<[form: string, body: object, network: object]>([
  ['Lite', lite, { ...google, domain: 'google.com' }],
  ['legacy', { org: 'AS15169 Google LLC', country: 'US', city: 'Mountain View' }, google],
  ['legacy without a number', { org: 'Google LLC', country: 'US' }, { ...google, asn: null }],
  ['legacy without a name', { org: 'AS15169', country: 'US' }, { ...google, organisation: null }],
  ['paid', { asn: paid, country: 'US' }, { ...google, domain: 'google.com', prefix: '8.8.8.0/24' }],
  [
    'paid, of a route elsewhere',
    { asn: { ...paid, route: '9.9.9.0/24' }, country: 'us' },
    { ...google, domain: 'google.com' },
  ],
  ['country alone', { country_code: 'CH' }, { ...nothing, country: 'CH' }],
])('the form %s is read', (_form, body, network) => {
  expect(answerIn({ ip: address, ...body }, address)).toEqual({ outcome: 'known', network });
});

it.each([{}, { bogon: true }, { asn: null, as_name: '', country: null }, { asn: 'ASx', org: 7 }])(
  'with nothing but %j no network is known',
  (body) => {
    expect(answerIn({ ip: address, ...body }, address)).toEqual({ outcome: 'unknown' });
  },
);

it.each([null, [], 'text', {}, { ...lite }, { ip: 7, ...lite }, { ip: '8.8.4.4', ...lite }])(
  '%j is no answer',
  (body) => {
    expect(answerIn(body, address)).toBe(null);
  },
);
