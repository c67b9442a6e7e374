// Which addresses nobody can have told in earnest, and how servers are named.
import { expect, it } from 'vitest';
import { nameOf, strange } from '../../../../agent/probe/egress/told.ts';

it.each([
  ['203.0.113.7', '1.1.1.1', null],
  ['10.0.0.1', '1.1.1.1', null],
  ['127.0.0.1', '127.0.0.1', null],
  ['127.0.0.1', '1.1.1.1', 'answerUnreadable'],
  ['0.0.0.0', '1.1.1.1', 'answerUnreadable'],
  ['255.255.255.255', '1.1.1.1', 'answerUnreadable'],
  ['224.0.0.1', '1.1.1.1', 'answerUnreadable'],
  ['::', '2001:db8::1', 'answerUnreadable'],
  ['::1', '2001:db8::1', 'answerUnreadable'],
  ['2001:db8::7', '1.1.1.1', 'answerMismatched'],
])('%s, told by a server at %s: %s', (address, server, code) => {
  expect(strange('the server', address, server)?.code ?? null).toBe(code);
});

it.each([
  ['stun:stun.example:3478', 'stun:stun.example:3478'],
  ['https://ip.example/me?token=secret', 'https://ip.example/me'],
  ['https://ip.example/#secret', 'https://ip.example/'],
])('%s is named %s', (server, name) => expect(nameOf(server)).toBe(name));
