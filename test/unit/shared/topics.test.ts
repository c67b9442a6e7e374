// Topics: each written as the contract has it, requests read back, and where no answer may go.
import { describe, expect, it } from 'vitest';
import { kinds } from '../../../shared/request.ts';
import {
  failoverResultTopic,
  failoverSetTopic,
  failoverStateTopic,
  infoTopic,
  isAgentName,
  replyTopicProblem,
  requestSubscriptions,
  requestTopic,
  requestedKind,
  resultTopic,
  statusTopic,
} from '../../../shared/topics.ts';

describe('the topics of an agent', () => {
  it('are those of the contract', () => {
    expect(statusTopic('pi')).toBe('pathproof/pi/status');
    expect(infoTopic('pi')).toBe('pathproof/pi/info');
    expect(requestTopic('pi', 'ping')).toBe('pathproof/pi/probe/ping/request');
    expect(resultTopic('pi', 'traceroute')).toBe('pathproof/pi/probe/traceroute/result');
  });

  it('for failover are those of the contract', () => {
    expect(failoverStateTopic('pi')).toBe('pathproof/pi/failover/state');
    expect(failoverSetTopic('pi')).toBe('pathproof/pi/failover/set');
    expect(failoverResultTopic('pi')).toBe('pathproof/pi/failover/result');
  });

  it('it listens on are its own, and each group shared', () => {
    expect(requestSubscriptions('pi', [])).toEqual(['pathproof/pi/probe/+/request']);
    expect(requestSubscriptions('pi', ['homes', 'all'])).toEqual([
      'pathproof/pi/probe/+/request',
      '$share/homes/pathproof/group/homes/probe/+/request',
      '$share/all/pathproof/group/all/probe/+/request',
    ]);
  });
});

describe("an agent's name", () => {
  it.each([
    ['pi', true],
    ['a', true],
    ['Pi_4-attic', true],
    ['a'.repeat(64), true],
    ['a'.repeat(65), false],
    ['', false],
    ['group', false],
    ['Group', true],
    ['groups', true],
    ['a b', false],
    ['a/b', false],
    ['a+', false],
    ['a#', false],
    ['$a', false],
    ['a.b', false],
    ['ä', false],
    ['pi\n', false],
  ])('%j: %s', (name, fits) => expect(isAgentName(name)).toBe(fits));
});

describe('a request topic', () => {
  it.each(kinds)('of an agent or a group asks for a %s', (kind) => {
    expect(requestedKind(requestTopic('pi', kind))).toEqual({ kind, word: kind });
    expect(requestedKind(`pathproof/group/homes/probe/${kind}/request`)).toEqual({ kind, word: kind });
  });

  it.each(['pong', 'Ping', 'constructor', 'probe'])('with the word %s asks for no kind there is', (word) => {
    expect(requestedKind(`pathproof/pi/probe/${word}/request`)).toEqual({ kind: null, word });
    expect(requestedKind(`pathproof/group/homes/probe/${word}/request`)).toEqual({ kind: null, word });
  });

  it.each([
    'pathproof/pi/probe/ping/result',
    'pathproof/pi/probe//request',
    'pathproof/pi/probe/ping',
    'pathproof/pi/probe/ping/request/more',
    'pathproof/pi/monitor/ping/request',
    'pathproof/pi/status',
    'pathproof/group/probe/ping/request',
    'pathproof/group/homes/probe/ping/result',
    'pathproof/group/homes/probe/ping/request/more',
    'pathproof',
    'else/pi/probe/ping/request',
    '',
  ])('is not %j', (topic) => expect(requestedKind(topic)).toBe(null));
});

describe('a topic for answers', () => {
  it.each([
    'answers/of/mine',
    '/pathproof/pi/answers',
    'pathproofs/pi',
    'my/pathproof/pi',
    'homeassistants',
    'my/homeassistant/x',
    'a'.repeat(256),
    'ä/€/✓',
    'with blanks',
    '/',
  ])('may be %j', (topic) => expect(replyTopicProblem(topic, 'homeassistant')).toBe(null));

  it.each([
    ['', 'is empty'],
    ['a'.repeat(257), 'has 257 characters; 256 are allowed'],
    ['answers/+', 'has a wildcard (+ or #)'],
    ['answers/#', 'has a wildcard (+ or #)'],
    ['a+b', 'has a wildcard (+ or #)'],
    ['a\u0000b', 'has a control character'],
    ['a\nb', 'has a control character'],
    ['a\u0085b', 'has a control character'],
    ['a\uffff', 'has a control character'],
    ['$SYS/x', "starts with $, the broker's own part"],
    ['$share/g/x', "starts with $, the broker's own part"],
    ['pathproof', "lies under pathproof/, the agents' own part"],
    ['pathproof/pi/probe/ping/request', "lies under pathproof/, the agents' own part"],
    ['pathproof/', "lies under pathproof/, the agents' own part"],
    ['homeassistant', 'lies under homeassistant/ (discovery)'],
    ['homeassistant/sensor/x/config', 'lies under homeassistant/ (discovery)'],
  ])('may not be %j: it %s', (topic, problem) =>
    expect(replyTopicProblem(topic, 'homeassistant')).toBe(problem),
  );

  it("is free under homeassistant where discovery's prefix is another or none", () => {
    expect(replyTopicProblem('homeassistant/x', '')).toBe(null);
    expect(replyTopicProblem('homeassistant/x', 'ha')).toBe(null);
    expect(replyTopicProblem('ha/x', 'ha')).toBe('lies under ha/ (discovery)');
  });
});
