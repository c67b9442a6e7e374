// The addresses of a service's host: of both families, but none is waited for in vain.
import { Resolver } from 'node:dns/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createUnmeteredHosts } from '../../../../agent/asn/ipinfo/ways.ts';
import { createUnmeteredAsker } from '../../../../agent/asn/unmetered.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

const after = (ms: number, address: string): Promise<string[]> =>
  new Promise((resolve) => setTimeout(() => resolve([address]), ms));

/** Where the servers tell the addresses of a name after so long. */
function hostsOf(ms4: number, ms6: number): Promise<readonly string[] | null> {
  const resolver = new Resolver();
  vi.spyOn(resolver, 'resolve4').mockImplementation(() => after(ms4, '192.0.2.1'));
  vi.spyOn(resolver, 'resolve6').mockImplementation(() => after(ms6, '2001:db8::1'));
  const askUnmetered = createUnmeteredAsker(
    (servers) => Promise.resolve(servers),
    () => resolver,
  );
  const hosts = createUnmeteredHosts({ askUnmetered, avoidsMetered: () => Promise.resolve(true) });
  return hosts('https://ipinfo.example', new AbortController().signal);
}

it.each([
  ['both where they come together', 100, 300, 300, ['192.0.2.1', '2001:db8::1']],
  ["IPv4's where IPv6's take long", 100, 1900, 300, ['192.0.2.1']],
  ["both where IPv6's were there first", 1000, 100, 1000, ['192.0.2.1', '2001:db8::1']],
])('are %s', async (_what, ms4, ms6, passesMs, addresses) => {
  const asked = hostsOf(ms4, ms6);
  await vi.advanceTimersByTimeAsync(passesMs);
  expect(await asked).toEqual(addresses);
});
