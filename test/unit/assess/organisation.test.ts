// Whether a network is one that was named, and whether that can be said of it.
import { describe, expect, it } from 'vitest';
import {
  isJudgeable,
  mayBeSame,
  organisationMatches,
  sayNetwork,
} from '../../../agent/assess/organisation.ts';
import { network } from './measured.ts';

const telco = network(12345, 'Telco Mobile GmbH', 'DE');

describe('an organisation', () => {
  it.each([
    ['AS12345', true],
    ['as12345', true],
    ['AS123', false],
    ['AS1234', false],
    ['AS2345', false],
    ['AS123456', false],
    ['AS012345', true],
    ['Telco', true],
    ['TELCO MOBILE', true],
    ['mobile gmbh', true],
    ['Telcom', false],
    ['12345', false],
    ['AS', false],
    ['AS12345 Telco', false],
  ])('%s is that of AS12345 Telco Mobile GmbH: %s', (wanted, matches) =>
    expect(organisationMatches(wanted, telco)).toBe(matches),
  );

  it('is told by a number of any length, up to the longest there is', () => {
    expect(organisationMatches('AS5', network(5, null))).toBe(true);
    expect(organisationMatches('AS4294967295', network(4_294_967_295, null))).toBe(true);
    expect(organisationMatches('AS12345678901', network(5, 'AS12345678901 Ltd'))).toBe(true);
  });

  it('without a number or a name matches nothing', () => {
    expect(organisationMatches('AS0', network(null, null))).toBe(false);
    expect(organisationMatches('Telco', network(12345, null))).toBe(false);
    expect(organisationMatches('AS12345', network(null, 'AS12345'))).toBe(false);
  });
});

describe('an organisation by its domain and in other letters', () => {
  it.each([
    ['cloudflare.com', 'Cloudflare, Inc.', 'cloudflare.com', true],
    ['CloudFlare.COM', 'Cloudflare, Inc.', 'cloudflare.com', true],
    ['flare.c', 'x', 'cloudflare.com', true],
    ['cloudflare.com', 'Cloudflare, Inc.', null, false],
    ['cloudflare.com', null, 'cloudflare.com', true],
    ['strasse', 'Stadtwerke Straße', null, true],
    ['STRAßE', 'stadtwerke strasse', null, true],
    ['ΟΔΟΣ', 'Νέα οδός', null, false],
    ['νέα ΟΔΌΣ', 'Νέα οδός Δ', null, true],
    ['m\u0075\u0308ller', 'M\u00dcLLER Netz', null, true],
    ['ＮＴＴ', 'Ntt Communications', null, true],
    ['Example Mobile', 'Exam\u200bple  Mobile', null, true],
  ])('%s is that of %s (%s): %s', (wanted, name, domain, matches) =>
    expect(organisationMatches(wanted, network(1, name, null, domain))).toBe(matches),
  );
});

describe('whether it can be said', () => {
  // prettier-ignore
  it.each([
    ['a number where it is known', 'AS1', network(2, null), true],
    ['a number where it is not', 'AS1', network(null, 'x', null, 'x.example'), false],
    ['a name where it is known', 'telco', network(null, 'x'), true],
    ['a name where it is not', 'telco', network(2, null), false],
    ['a name where the domain alone is known', 'telco', network(2, null, null, 'x.example'), false],
    ['a name that the domain alone shows', 'telco', network(2, null, null, 'telco.example'), true],
    ['a domain where it is known', 'telco.example', network(2, 'x', null, 'x.example'), true],
    ['a domain where it is not', 'telco.example', network(2, 'x'), false],
    ['a domain that the name shows', 'amazon.com', network(2, 'Amazon.com, Inc.'), true],
    ['a name with a dot at its end', 'Inc.', network(2, 'x'), true],
    ['anything where nothing is', 'AS1', null, false],
  ])('of %s', (_what, wanted, known, can) => expect(isJudgeable(wanted, known)).toBe(can));
});

describe('two networks', () => {
  // prettier-ignore
  it.each([
    ['of one number', network(1, 'x'), network(1, 'y'), true],
    ['of two numbers', network(1, 'x'), network(2, 'x'), false],
    ['of two names, a number unknown', network(1, 'x'), network(null, 'y'), false],
    ['of one name, a number unknown', network(1, 'Telco'), network(null, 'TELCO'), true],
    ['of which too little is known', network(1, null), network(null, 'y'), true],
  ])('%s may be one', (_what, one, other, may) => {
    expect(mayBeSame(one, other)).toBe(may);
    expect(mayBeSame(other, one)).toBe(may);
  });

  it.each([
    [network(64500, 'Example'), 'AS64500 Example'],
    [network(64500, null), 'AS64500'],
    [network(null, 'Example'), 'AS? Example'],
    [network(64500, null, null, 'example.net'), 'AS64500 example.net'],
  ])('are called by number and name: %#', (known, words) => expect(sayNetwork(known)).toBe(words));
});
