// What a monitor asks of the pipeline.
import { expect, it } from 'vitest';
import { askedBySchedule } from '../../../agent/request/schedule.ts';
import { isRecord } from '../../../shared/record.ts';
import type { Request } from '../../../shared/request.ts';
import { requestOf } from '../shared/request/reading.ts';

const { signal } = new AbortController();
const probe = { kind: 'ping' as const, body: { target: '1.1.1.1', via: 'lte', count: 5 } };

function requestBy(monitor: string): Request {
  const { body } = askedBySchedule(monitor, probe, signal);
  return requestOf('ping', isRecord(body) ? body : {});
}

it("is what the configuration says, by nobody's leave, until the agent stops", () => {
  expect(askedBySchedule('backup', probe, signal)).toMatchObject({
    kind: 'ping',
    word: 'ping',
    body: probe.body,
    problem: null,
    mayForce: false,
    mayProbeSelf: true,
    signal,
    reply: null,
  });
  expect(requestBy('backup')).toMatchObject(probe.body);
});

it('has an id that names the monitor and is never the same twice', () => {
  expect(requestBy('backup').id).toMatch(/^backup\/[0-9a-f-]{36}$/);
  expect(requestBy('backup').id).not.toBe(requestBy('backup').id);
  expect(requestBy('a'.repeat(64)).id).toHaveLength(101);
});
