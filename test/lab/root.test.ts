// Rows that need real root must be loud about it, in the names people see.
import { afterEach, expect, test, vi } from 'vitest';
import { needsRealRoot } from './root.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a row that needs real root fails without it, by its name', () => {
  vi.stubEnv('PATHPROOF_LAB_ROOT', '');
  expect(() => {
    needsRealRoot('a TUN device');
  }).toThrow('"a TUN device" needs real root');
});

test('and passes with it', () => {
  vi.stubEnv('PATHPROOF_LAB_ROOT', '1');
  expect(() => {
    needsRealRoot('a TUN device');
  }).not.toThrow();
});
