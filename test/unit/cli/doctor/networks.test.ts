// The sources of networks: what is told of their answers.
import { describe, expect, it } from 'vitest';
import { judgeSource } from '../../../../agent/cli/doctor/networks.ts';

describe('ASN sources', () => {
  const network = { asn: 13335, organisation: 'Cloudflare', domain: null, prefix: null, country: null };
  it.each([
    [{ outcome: 'known', network: { ...network, source: 'cymru' } }, 'ok'],
    [{ outcome: 'unknown' }, 'warning'],
    [{ outcome: 'notAsked' }, 'warning'],
    [{ outcome: 'failed' }, 'wrong'],
  ] as const)('%j is %s', (answer, status) => {
    expect(judgeSource({ variable: 'CYMRU_LOOKUP', answer, said: '' }).status).toBe(status);
  });
});
