// The environment of the user's programs: little of the agent's own, and the event. Pure.
import type { Event } from '../../shared/event.ts';

const inherited = ['PATH', 'HOME', 'LANG'];

export type Environment = Readonly<Record<string, string>>;

/** What a program may know of the agent's own environment. */
export const plainEnvironment = (own: Readonly<Record<string, string | undefined>>): Environment =>
  Object.fromEntries(
    inherited.flatMap((name) => {
      const value = own[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** The event's short facts; its evidence is in the JSON that the program can read. */
export const eventEnvironment = (event: Event, agent: string): Environment => ({
  PATHPROOF_EVENT_ID: event.id,
  PATHPROOF_AT: event.at,
  PATHPROOF_KIND: event.kind,
  PATHPROOF_SUBJECT: event.subject ?? '',
  PATHPROOF_FROM: event.from ?? '',
  PATHPROOF_TO: event.to ?? '',
  PATHPROOF_AGENT: agent,
});
