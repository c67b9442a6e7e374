// What the user's programs find of an event in their environment.
import { expect, it } from 'vitest';
import { eventEnvironment } from '../../../agent/action/environment.ts';
import { newEvent } from '../../../shared/event.ts';

it('holds what there is, and empty texts for the rest', () => {
  const event = newEvent('failover.allDown', null, { from: 'lte' }, 0);
  expect(eventEnvironment(event, 'pi')).toEqual({
    PATHPROOF_EVENT_ID: event.id,
    PATHPROOF_AT: '1970-01-01T00:00:00.000Z',
    PATHPROOF_KIND: 'failover.allDown',
    PATHPROOF_SUBJECT: '',
    PATHPROOF_FROM: 'lte',
    PATHPROOF_TO: '',
    PATHPROOF_AGENT: 'pi',
  });
});
