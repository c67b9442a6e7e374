// The bridge's token: the ways to show it, what is refused without, and where it must not appear.
import { describe, expect, it, vi } from 'vitest';
import { expectRefusal, get, running } from './bridge.ts';

describe('the token', () => {
  const basic = (pair: string): string => `Authorization: Basic ${Buffer.from(pair).toString('base64')}`;
  const token = 's3cret:with/ünusual';
  const utf8 = Buffer.from(token).toString('latin1');

  it.each([
    `Authorization: Bearer ${utf8}`,
    `authorization: bearer  ${utf8}`,
    basic(`kuma:${token}`),
    basic(`:${token}`),
  ])('opens the bridge as "%s"', async (line) => {
    const { port, asked } = await running({ token });
    expect((await get(port, '/ping', [line])).status).toBe(200);
    expect(asked[0]?.mayForce).toBe(true);
  });

  it.each([
    ['none', [], 'the token is missing'],
    ['another', ['Authorization: Bearer s3cret'], 'the token is wrong'],
    ['a longer one', [`Authorization: Bearer ${utf8}x`], 'the token is wrong'],
    ['it as a user name', [basic(`${token}:`)], 'the token is wrong'],
    ['it without a scheme', [`Authorization: ${utf8}`], 'the token is wrong'],
    ['it in another scheme', [`Authorization: Digest ${utf8}`], 'the token is wrong'],
    ['nothing', ['Authorization:'], 'the token is wrong'],
  ])('is asked for where a request shows %s', async (_what, lines, fault) => {
    const { port, asked } = await running({ token });
    for (const url of ['/ping', '/nowhere', '/ping?minLatencyMs=x']) {
      const reply = await get(port, url, lines);
      const how = 'send Authorization: Bearer TOKEN, or TOKEN as the password of Basic (BRIDGE_TOKEN)';
      expectRefusal(reply, 401, `${fault}: ${how}`);
      expect(reply.headers.get('www-authenticate')).toEqual([
        'Bearer realm="pathproof"',
        'Basic realm="pathproof", charset="UTF-8"',
      ]);
    }
    expect(asked).toEqual([]);
  });

  it('is not needed for /healthz', async () => {
    const { port } = await running({ token });
    const reply = await get(port, '/healthz');
    expect([reply.status, reply.body['status']]).toEqual([200, 'ok']);
  });

  it('that was not set lets nobody force', async () => {
    const { port, asked } = await running();
    await get(port, '/ping?force=true', ['Authorization: Bearer anything']);
    expect(asked[0]).toMatchObject({ mayForce: false, body: { force: true } });
  });

  it('stands in no line of the log, nor does a query', async () => {
    const { port, lines } = await running({ token });
    await get(port, '/ping?target=192.0.2.1&id=hidden', [`Authorization: Bearer ${utf8}`]);
    await get(port, '/ping', ['Authorization: Bearer guess']);
    await vi.waitFor(() => expect(lines).toHaveLength(2));
    const [first] = lines;
    expect(first).toMatchObject({ level: 'debug', message: 'HTTP request' });
    expect(first?.fields).toMatchObject({ method: 'GET', path: '/ping', status: 200, answered: true });
    expect(JSON.stringify(lines)).not.toMatch(/s3cret|guess|hidden/);
  });
});
