// What every entrance hands over, believed or refused: shape, time, reply topic, force, target, way out.
import { describe, expect, it } from 'vitest';
import type { Asked } from '../../../agent/request/asked.ts';
import { type TargetRules, hostRefusal } from '../../../agent/request/policy.ts';
import { type ValidationRules, replyTarget, validate } from '../../../agent/request/validate.ts';
import { type FailureCode, Failure } from '../../../shared/failure.ts';

const exit = { uplink: 'lte', interfaceName: 'eth1', source: null };

const rules = (given: Partial<ValidationRules> = {}): ValidationRules => ({
  discoveryPrefix: 'homeassistant',
  hostRefusal: () => null,
  findExit: () => Promise.resolve(exit),
  budgetRefusal: () => null,
  ...given,
});

const asked = (given: Partial<Asked> = {}): Asked => ({
  kind: 'ping',
  word: 'ping',
  body: { target: '1.1.1.1' },
  problem: null,
  mayForce: false,
  mayProbeSelf: true,
  signal: null,
  reply: null,
  ...given,
});
const asking = (more: object): Asked => asked({ body: { target: '1.1.1.1', ...more } });
const replyTo = (topic: string): Asked['reply'] => ({ topic, correlationData: null });

describe('a request that is right', () => {
  it('is accepted with all that was left unsaid, and no exit of its own', async () => {
    expect(await validate(asked(), rules())).toMatchObject({
      request: { kind: 'ping', target: '1.1.1.1', count: 3, expect: {} },
      mayProbeSelf: true,
      exit: null,
    });
  });

  it('has the exit that its via names', async () => {
    const named: string[] = [];
    const findExit = (via: string) => {
      named.push(via);
      return Promise.resolve(exit);
    };
    expect((await validate(asking({ via: 'lte' }), rules({ findExit }))).exit).toEqual(exit);
    expect(named).toEqual(['lte']);
  });

  it('hands on whether it may probe this machine', async () => {
    expect((await validate(asked({ mayProbeSelf: false }), rules())).mayProbeSelf).toBe(false);
  });

  it('may force, where its entrance may', async () => {
    const forced = { ...asking({ force: true }), mayForce: true };
    expect((await validate(forced, rules())).request.force).toBe(true);
  });

  it('may name where its answer goes', async () => {
    expect((await validate(asking({ replyTo: 'answers/1' }), rules())).request.replyTo).toBe('answers/1');
    await validate(asked({ reply: replyTo('answers/1') }), rules());
  });
});

describe('a request that is refused', () => {
  const unreadable = new Failure('retainedRefused', 'the request is retained');
  const elsewhere = "replyTo: the topic lies under pathproof/, the agents' own part";

  // prettier-ignore
  it.each<[what: string, given: Asked, code: FailureCode, words: string]>([
    ['as its entrance found', asked({ problem: unreadable }), 'retainedRefused', 'the request is retained'],
    ['as its entrance found, whatever the kind', asked({ kind: null, problem: unreadable }), 'retainedRefused', 'the request is retained'],
    ['for a kind that is none', asked({ kind: null, word: 'pong' }), 'unsupported', 'there is no probe called pong; there are ping, traceroute, dns, http, egress'],
        ['for its mistakes before that', asked({ kind: 'egress', body: { ttl: 1 } }), 'badRequest', 'unknown key "ttl"'],
    ['as a text', asked({ body: 'ping' }), 'badRequest', 'a request is a JSON object, not a string'],
    ['as a number', asked({ body: 7 }), 'badRequest', 'a request is a JSON object, not a number'],
    ['as a list', asked({ body: [{}] }), 'badRequest', 'a request is a JSON object, not a list'],
    ['as nothing', asked({ body: null }), 'badRequest', 'a request is a JSON object, not null'],
    ['with all its mistakes at once', asking({ target: '', count: 0 }), 'badRequest', 'target: must have at least 1 character; target: must be an address or a host name, not ""; count: must be at least 1, not 0'],
    ['whose echoes do not fit', asking({ count: 100 }), 'badRequest', 'timeoutMs: 100 echoes 200 ms apart take 19800 ms and do not fit into 10000 ms'],
    ['whose echoes do not fit, as a traceroute', { ...asking({ count: 100 }), kind: 'traceroute' }, 'badRequest', 'timeoutMs: 100 echoes 200 ms apart take 19800 ms and do not fit into 10000 ms'],
    ['for its reply topic', asking({ replyTo: 'pathproof/pi/status' }), 'replyToRefused', elsewhere],
    ['for a wildcard in it', asking({ replyTo: 'a/#' }), 'replyToRefused', 'replyTo: the topic has a wildcard (+ or #)'],
    ['for its length', asking({ replyTo: 'a'.repeat(257) }), 'replyToRefused', 'replyTo: the topic has 257 characters; 256 are allowed'],
    ['for discovery\'s part', asking({ replyTo: 'homeassistant/x' }), 'replyToRefused', 'replyTo: the topic lies under homeassistant/ (discovery)'],
    ['for its response topic', asked({ reply: replyTo('pathproof/pi/status') }), 'replyToRefused', elsewhere],
    ['for an empty response topic', asked({ reply: replyTo('') }), 'replyToRefused', 'replyTo: the topic is empty'],
    ['for force', asking({ force: true }), 'forceRefused', 'force: this entrance is not allowed to go over a used-up data budget'],
  ])('%s', async (_what, given, code, words) => {
    await expect(validate(given, rules())).rejects.toMatchObject({ code, message: words });
  });

  it("for its target: the host, the URL's or the server's", async () => {
    const refusal = new Failure('targetRefused', 'target: no');
    const named: string[] = [];
    const refusing = rules({
      hostRefusal: (kind, host) => {
        named.push(`${kind} ${host}`);
        return refusal;
      },
    });
    await expect(validate(asking({ target: 'ONE.example' }), refusing)).rejects.toBe(refusal);
    await expect(validate({ ...asked(), kind: 'traceroute' }, refusing)).rejects.toBe(refusal);
    await expect(validate({ ...asking({ name: 'x.test' }), kind: 'dns' }, refusing)).rejects.toBe(refusal);
    for (const target of ['http://0x7f.1:8080/', 'http://[::ffff:127.0.0.1]/', 'https://me.example/?@x']) {
      await expect(validate({ ...asking({ target }), kind: 'http' }, refusing)).rejects.toBe(refusal);
    }
    for (const target of ['stun:[::1]:3478', 'https://2130706433']) {
      await expect(validate({ ...asking({ target }), kind: 'egress' }, refusing)).rejects.toBe(refusal);
    }
    expect(named).toEqual([
      'ping one.example',
      'traceroute 1.1.1.1',
      'dns 1.1.1.1',
      'http 127.0.0.1',
      'http 127.0.0.1',
      'http me.example',
      'egress ::1',
      'egress 127.0.0.1',
    ]);
    await expect(validate({ ...asked({ body: {} }), kind: 'egress' }, refusing)).resolves.toMatchObject({
      request: { kind: 'egress' },
    });
  });

  it('for this machine itself, however its address is written', async () => {
    const targets: TargetRules = { allowed: null, ownAddresses: () => [] };
    const guarded = rules({ hostRefusal: hostRefusal.bind(null, targets) });
    const told =
      "target: 127.0.0.1 is this machine's own or link-local address; an http probe may not go there";
    for (const host of ['127.0.0.1', '0x7f.1', '2130706433', '017700000001', '[::ffff:7f00:1]']) {
      const target = `http://${host}/`;
      await expect(validate({ ...asking({ target }), kind: 'http' }, guarded)).rejects.toMatchObject({
        code: 'targetRefused',
        message: told,
      });
    }
  });

  it('for its via, as the uplinks say', async () => {
    const unknown = new Failure('unknownVia', 'via: there is no …');
    const nowhere = rules({ findExit: () => Promise.reject(unknown) });
    await expect(validate(asking({ via: 'nowhere' }), nowhere)).rejects.toBe(unknown);
  });

  describe('for the data budget of the uplink it names', () => {
    const usedUp = new Failure('budgetExhausted', 'the data budget of uplink lte, 1 MB, is used up');
    const poor = rules({ budgetRefusal: (uplink) => (uplink === 'lte' ? usedUp : null) });

    it('once that is used up', async () => {
      await expect(validate(asking({ via: 'lte' }), poor)).rejects.toBe(usedUp);
    });

    it('but not by another', async () => {
      const other = { ...poor, findExit: () => Promise.resolve({ ...exit, uplink: 'fibre' }) };
      expect((await validate(asking({ via: 'fibre' }), other)).exit?.uplink).toBe('fibre');
    });

    it('unless it goes over it, where its entrance may', async () => {
      const body = { target: '1.1.1.1', via: 'lte', force: true };
      expect((await validate(asked({ body, mayForce: true }), poor)).exit).toEqual(exit);
      await expect(validate(asked({ body }), poor)).rejects.toMatchObject({ code: 'forceRefused' });
    });
  });

  it('before anybody looks at its via', async () => {
    const findExit = (): never => {
      throw new Error('nobody should ask');
    };
    await expect(validate(asking({ via: 'lte', count: 0 }), rules({ findExit }))).rejects.toMatchObject({
      code: 'badRequest',
    });
    await expect(validate(asking({ via: 'lte', force: true }), rules({ findExit }))).rejects.toMatchObject({
      code: 'forceRefused',
    });
  });

  it('in words, though it is nested without end', async () => {
    const deep: unknown = JSON.parse(`${'['.repeat(30_000)}${']'.repeat(30_000)}`);
    for (const body of [{ target: deep }, { target: '1.1.1.1', expect: { minLatencyMs: deep } }]) {
      await expect(validate(asked({ body }), rules())).rejects.toMatchObject({ code: 'badRequest' });
    }
  });
});

describe('where the answer goes too', () => {
  const correlationData = Buffer.from('c-1');
  const reply = { topic: 'answers/response', correlationData };

  // prettier-ignore
  it.each<[what: string, given: Asked, to: Asked['reply']]>([
    ['nowhere', asked(), null],
    ['to the topic in the body', asking({ replyTo: 'answers/1' }), { topic: 'answers/1', correlationData: null }],
    ['to the response topic', asked({ reply }), reply],
    ['to the topic in the body before the other', { ...asking({ replyTo: 'answers/1' }), reply }, { topic: 'answers/1', correlationData }],
    ['to the response topic where the body names none', { ...asking({ replyTo: 7 }), reply }, reply],
    ['to the response topic of what could not be read', asked({ body: null, reply }), reply],
    ['nowhere it may not', asking({ replyTo: 'pathproof/pi/status' }), null],
    ['nowhere with a wildcard', asked({ reply: { topic: 'a/+', correlationData: null } }), null],
    ['nowhere of discovery', asking({ replyTo: 'homeassistant/x' }), null],
  ])('%s', (_what, given, to) => expect(replyTarget(given, 'homeassistant')).toEqual(to));
});
