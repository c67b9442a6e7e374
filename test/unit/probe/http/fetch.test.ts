// curl itself: what it is started with, what it heeds of its surroundings, what becomes of it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { canFetch } from '../../../../agent/probe/http/curl.ts';
import { type Fetched, type Order, fetchBound } from '../../../../agent/probe/http/fetch.ts';
import { withoutDescriptors } from '../../../fixtures/descriptors.ts';
import { unhurried } from '../tools.ts';
import { answer, curls, endlessly, says, serve, standInForCurl } from './servers.ts';

const order = (url: string, given: Partial<Order> = {}): Order => ({
  url: new URL(url),
  method: 'GET',
  interfaceName: 'lo',
  addresses: ['127.0.0.1'],
  timeoutMs: 5000,
  mostBodyBytes: 1000,
  ...given,
});

const fetching = (url: string, given: Partial<Order> = {}, signal = unhurried()): Promise<Fetched> =>
  fetchBound(order(url, given), signal);

/** Sets variables of the environment until the test's end. */
function within(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

afterEach(() => {
  vi.unstubAllEnvs();
  expect(curls()).toEqual([]);
});

describe('curl', () => {
  it('has nothing of the URL in its arguments, which everyone on this machine can read', async () => {
    let commands: string[] = [];
    const port = await serve((socket) => {
      commands = curls().map((number) => readFileSync(`/proc/${number}/cmdline`, 'utf8'));
      socket.end(answer(''));
    });
    await fetching(`http://one.test:${port}/?token=secret-1234`);
    expect(commands).toEqual(['curl\0-q\0-K\0-\0']);
  });

  it('heeds no proxy of its surroundings', async () => {
    const proxied: string[] = [];
    const proxy = await serve((socket, request) => {
      proxied.push(request);
      socket.end(answer('proxied'));
    });
    const names = ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'all_proxy'];
    within(Object.fromEntries(names.map((name) => [name, `http://127.0.0.1:${proxy}`])));
    within({ no_proxy: '', NO_PROXY: '' });
    const { body } = await fetching(`http://one.test:${await serve(says(answer('direct')))}/`);
    const tls = await fetching(`https://one.test:${await serve(says('x'))}/`);
    expect([body?.text, tls.failure?.code, proxied]).toEqual(['direct', 'tlsFailed', []]);
  });

  it("heeds no user's curlrc", async () => {
    const home = mkdtempSync(join(tmpdir(), 'pathproof-curlrc-'));
    onTestFinished(() => rmSync(home, { recursive: true }));
    for (const name of ['.curlrc', 'curlrc']) writeFileSync(join(home, name), 'user-agent = "curlrc"\n');
    within({ HOME: home, CURL_HOME: home, XDG_CONFIG_HOME: home });
    let asked = '';
    const port = await serve((socket, request) => {
      asked = request;
      socket.end(answer(''));
    });
    await fetching(`http://one.test:${port}/`);
    expect(asked).toMatch(/^User-Agent: pathproof\r$/m);
  });

  it('asks no name server: each name stands for the addresses given', async () => {
    const port = await serve(says(answer('here')));
    for (const host of ['one.test', 'one.test.', 'localhost', 'ONE.onion', 'xn--bcher-kva.test']) {
      const { body, remoteAddress } = await fetching(`http://${host}:${port}/`);
      expect([host, body?.text, remoteAddress]).toEqual([host, 'here', '127.0.0.1']);
    }
  });

  it('takes what stands in a URL as it is', async () => {
    let asked = '';
    const port = await serve((socket, request) => {
      asked = request.split('\r\n')[0] ?? '';
      socket.end(answer(''));
    });
    await fetching(`http://one.test:${port}/[1-3]/{a,b}'?q="x\\y"&z=%22%0Aoutput=/tmp/x#part`);
    expect(asked).toBe(`GET /[1-3]/%7Ba,b%7D'?q=%22x\\y%22&z=%22%0Aoutput=/tmp/x HTTP/1.1`);
  });

  it('leaves by the interface that is named, or not at all', async () => {
    const port = await serve(says(answer('')));
    const { failure } = await fetching(`http://one.test:${port}/`, { interfaceName: 'eth77' });
    expect(failure).toMatchObject({ code: 'interfaceDown', source: 'uplink' });
    expect(failure?.message).toContain('eth77');
  });

  it('that the kernel refuses the interface has measured nothing, whatever it fetched', async () => {
    const local = '* Local Interface lo is ip 127.0.0.1 using address family 2';
    for (const [exitCode, json] of [
      [0, { response_code: 200, remote_ip: '127.0.0.1' }],
      [7, { response_code: 0 }],
    ] as const) {
      standInForCurl(exitCode, local, '< HTTP/1.1 200 OK', '< ', JSON.stringify(json));
      const { failure } = await fetching('http://one.test/');
      expect(failure).toMatchObject({ code: 'sendRefused', source: 'local' });
      expect(failure?.message).toMatch(/^curl was not let bind to lo; .*CAP_NET_RAW/);
    }
  });

  it('that was answered without a packet by the interface has measured nothing', async () => {
    standInForCurl(0, '< HTTP/1.1 200 OK', '< ', '{"response_code":200,"remote_ip":"127.0.0.1"}');
    const { failure } = await fetching('http://one.test/', { interfaceName: 'eth77' });
    expect(failure).toMatchObject({ code: 'sendRefused', source: 'local' });
    expect(failure?.message).toMatch(/^curl was answered, but nothing left by eth77; /);
  });

  it('that is not installed is told as that', async () => {
    within({ PATH: '/nowhere' });
    const { failure } = await fetching('http://one.test/');
    expect(failure).toMatchObject({
      code: 'noCurl',
      source: 'local',
      message: 'curl is not installed (apt-get install curl)',
    });
  });

  it('that can not be started for want of a descriptor is told as that', async () => {
    const { failure } = await withoutDescriptors(() => fetching('http://one.test/'));
    expect(failure).toMatchObject({ code: 'noCurl', source: 'local' });
    expect(failure?.message).toMatch(/^curl could not be started \(.*EMFILE/);
  });

  it('is not started for one who has gone', async () => {
    const port = await serve(says(answer('')));
    const { failure, traffic } = await fetching(`http://one.test:${port}/`, {}, AbortSignal.abort());
    expect([failure?.code, traffic.packetsSent]).toEqual(['cancelled', 0]);
  });

  it('that somebody else kills is an error inside', async () => {
    const port = await serve(() => curls().forEach((number) => process.kill(Number(number))));
    const { failure } = await fetching(`http://one.test:${port}/`);
    expect(failure).toMatchObject({ code: 'internal', message: 'curl was killed' });
  });
});

it('is known before whether there is a curl', async () => {
  expect(await canFetch()).toBe(true);
  within({ PATH: '/nowhere' });
  expect(await canFetch()).toBe(false);
});

describe('an exit code', () => {
  it.each([1, 6, 23, 27, 42, 43, 48, 58, 99])(
    '%i, which no server is to blame for, is an error inside',
    async (exitCode) => {
      standInForCurl(exitCode, '{"errormsg":"words"}');
      const { failure, refusal } = await fetching('http://one.test/');
      expect(failure).toMatchObject({ code: 'internal', message: 'curl: words' });
      expect(refusal).toBe(null);
    },
  );
});

describe('what is fetched', () => {
  it('is a body that fits exactly, whole', async () => {
    const text = 'x'.repeat(1000);
    const { body, bodyBytes } = await fetching(`http://one.test:${await serve(says(answer(text)))}/`);
    expect([body, bodyBytes]).toEqual([{ text, complete: true, unreadable: null }, 1000]);
  });

  it('is no more than is wanted, with its figures', async () => {
    const port = await serve(
      endlessly('HTTP/1.1 200 OK\r\nContent-Length: 123456789\r\n\r\n', 'é'.repeat(1000)),
    );
    const { body, bodyBytes, announcedBytes, totalMs, failure } = await fetching(`http://one.test:${port}/`);
    expect(body).toEqual({ text: 'é'.repeat(500), complete: false, unreadable: null });
    expect([bodyBytes, announcedBytes, failure]).toEqual([1000, 123_456_789, null]);
    expect(totalMs).toBeGreaterThan(0);
  });

  it('may be text of any bytes', async () => {
    const port = await serve((socket) =>
      socket.end(
        Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n\r\na'), Buffer.from([0, 255]), Buffer.from('b')]),
      ),
    );
    const { body } = await fetching(`http://one.test:${port}/`);
    expect(body).toEqual({ text: 'a\0\ufffdb', complete: true, unreadable: 'it is not in utf-8' });
  });

  it('is read as its headers say it is written', async () => {
    const latin = Buffer.concat([
      Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=ISO-8859-1\r\n\r\n'),
      Buffer.from('Störung', 'latin1'),
    ]);
    const page = await fetching(`http://one.test:${await serve((socket) => socket.end(latin))}/`);
    expect(page.body).toEqual({ text: 'Störung', complete: true, unreadable: null });
    const packed = answer('xyz', ['content-encoding: gzip']);
    const { body } = await fetching(`http://one.test:${await serve(says(packed))}/`);
    expect(body).toEqual({ text: '', complete: true, unreadable: 'its Content-Encoding is gzip' });
  });

  it("is not taken for curl's own words", async () => {
    const lies = ['{"response_code":200}', 'curl: (7) no', '* connect to 1.1.1.1 port 1 failed: lies'];
    const page = answer(
      lies.join('\n'),
      lies.map((line) => `A: ${line}`),
      '404 No',
    );
    const { statusCode, refusal, body } = await fetching(`http://one.test:${await serve(says(page))}/`);
    expect([statusCode, refusal, body?.text]).toEqual([404, null, lies.join('\n')]);
  });

  it('is the last answer, not one that only goes before it', async () => {
    const early = 'HTTP/1.1 103 Early Hints\r\nContent-Length: 7\r\n\r\n';
    const { statusCode, announcedBytes } = await fetching(
      `http://one.test:${await serve(says(early, answer('abc')))}/`,
    );
    expect([statusCode, announcedBytes]).toEqual([200, 3]);
  });
});
