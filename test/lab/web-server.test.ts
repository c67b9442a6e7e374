// The lab's web server and its authority, asked by curl as a user would.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Authority, type SecureName, makeAuthority, trustOnly } from './authority.ts';
import { agentNode, run } from './programs.ts';
import { type WebServer, oddPorts, pageText, startWebServer } from './web-server.ts';

let authority: Authority;
let trust: AsyncDisposable;
let server: WebServer;
beforeAll(async () => {
  authority = makeAuthority();
  trust = await trustOnly(authority);
  server = await startWebServer({ node: 'agent', addresses: ['127.0.0.1', '::1'], authority });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await trust[Symbol.asyncDispose]();
  authority[Symbol.dispose]();
});

const curl = async (url: string, ...words: string[]): Promise<string> =>
  (await run(agentNode, ['curl', '-q', '-sS', '-m', '0.5', '--max-filesize', '1000000', ...words, url]))
    .stdout;
const status = (url: string, ...words: string[]): Promise<string> =>
  curl(url, '-o', '/dev/null', '-w', '%{http_code} %{redirect_url}', ...words);
const secure = (name: SecureName): Promise<string> =>
  curl(`https://${name}/ok`, '--resolve', `${name}:443:127.0.0.1`);

test('serves pages, codes and redirects', async () => {
  expect(await curl('http://127.0.0.1/body')).toBe(`${pageText}\n`);
  expect(await status('http://127.0.0.1/status/503')).toBe('503 ');
  expect(await status('http://127.0.0.1/redirect?to=https%3A%2F%2Fa.test%2Fb')).toBe('302 https://a.test/b');
  expect(await status('http://127.0.0.1/portal')).toBe('302 http://portal.test/login');
  expect(await status('http://127.0.0.1/body', '--head')).toBe('200 ');
});

test('tells the address of who asks, or another', async () => {
  expect(await curl('http://127.0.0.1/ip')).toBe('127.0.0.1\n');
  expect(await curl('http://[::1]/ip.json')).toBe('{"ip":"::1"}');
  expect(await curl('http://127.0.0.1/ip6-lie')).toBe('2001:db8::99\n');
  expect(await curl('http://[::1]/ip6-lie')).toBe('192.0.2.99\n');
  expect(await curl('http://127.0.0.1/not-an-ip')).toContain('none of your business');
});

test('logs what was asked, by which name, with its headers', async () => {
  server.forget();
  await secure('valid.test');
  await curl('http://127.0.0.1/ok?a=b', '-H', 'X-Lab: yes');
  expect(await server.settled()).toMatchObject([
    { method: 'GET', path: '/ok', address: '127.0.0.1', sni: 'valid.test', headers: { host: 'valid.test' } },
    { method: 'GET', path: '/ok?a=b', sni: null, headers: { 'x-lab': 'yes' } },
  ]);
});

test("tells an address's network as IPinfo's Lite does", async () => {
  const network = { ip: '1.1.1.1', asn: 'AS64510', as_name: 'Example Hosting', country_code: 'NL' };
  expect(JSON.parse(await curl('http://127.0.0.1/lite/1.1.1.1?token=x'))).toMatchObject(network);
});

test('answers all as one path while it is told to', async () => {
  await server.always('/status/429');
  expect(await status('http://127.0.0.1/ok')).toBe('429 ');
  await server.always(null);
  expect(await status('http://127.0.0.1/ok')).toBe('200 ');
});

describe('misbehaving', () => {
  // Curl's own exit codes: 1 bad answer, 18 too little, 28 too late, 63 too much, 52 nothing, 56 broken off.
  test.each([
    ['slow', 28],
    ['slow-body', 28],
    ['endless', 28],
    ['large', 63],
    ['cut', 18],
    ['chunked-cut', 18],
    ['garbage', 1],
    ['close', 52],
  ])('/%s ends with curl code %i', async (path, code) => {
    await expect(curl(`http://127.0.0.1/${path}`, '-o', '/dev/null')).rejects.toMatchObject({
      cause: { code },
    });
  });

  test.each([
    ['http', oddPorts.noise, 1],
    ['http', oddPorts.hangUp, 52],
    ['http', oddPorts.mute, 28],
    ['https', oddPorts.noise, 35],
    ['https', oddPorts.hangUp, 35],
    ['https', 80, 35],
    ['https', oddPorts.mute, 28],
  ])('%s at port %i ends with curl code %i', async (scheme, port, code) => {
    await expect(curl(`${scheme}://127.0.0.1:${port}/`)).rejects.toMatchObject({ cause: { code } });
  });
});

describe('certificates', () => {
  test.each<SecureName>(['valid.test', 'soon.test'])('%s is trusted', async (name) => {
    expect(await secure(name)).toBe('ok\n');
  });

  test.each([
    ['expired.test', 'certificate has expired'],
    ['wrong-name.test', 'no alternative certificate subject name matches'],
    ['self-signed.test', 'self-signed certificate'],
  ] as const)('%s is not: %s', async (name, complaint) => {
    await expect(secure(name)).rejects.toThrow(complaint);
  });
});
