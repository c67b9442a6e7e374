// Whose each hop's address can be, and its name.
import { expect, it } from 'vitest';
import { createAnnotate } from '../../../agent/asn/annotate.ts';
import { type Names, noNames } from '../../../agent/asn/names.ts';
import { at, gateway, measured, route } from '../assess/measured.ts';
import { unhurried } from '../probe/tools.ts';

it('the annotation says whose each address can be', async () => {
  const traced = measured({
    traceroute: route([gateway, {}, at('100.64.0.1'), at('1.1.1.1')].map((hop) => ({ ...hop, scope: null }))),
  });
  const { traceroute } = await createAnnotate(noNames)(traced, unhurried());
  expect(traceroute?.hops.map(({ scope }) => scope)).toEqual(['private', null, 'shared', 'public']);
});

it('the annotation gives hops the names they have, asked for together and within the time there is', async () => {
  const asked: unknown[] = [];
  const namesOf: Names['namesOf'] = (...question) => {
    asked.push(question);
    return Promise.resolve(new Map([['192.168.2.1', 'ap.home']]));
  };
  const signal = unhurried();
  const traced = measured({ traceroute: route([gateway, {}, at('1.1.1.1')]) });
  const { traceroute } = await createAnnotate({ namesOf })(traced, signal);
  expect(traceroute?.hops.map(({ name }) => name)).toEqual(['ap.home', null, null]);
  expect(asked).toEqual([[['192.168.2.1', '1.1.1.1'], signal]]);
});

it('the annotation leaves a ping as it is, and asks nobody', async () => {
  const namesOf: Names['namesOf'] = () => Promise.reject(new Error('asked'));
  const pinged = measured();
  expect(await createAnnotate({ namesOf })(pinged, unhurried())).toBe(pinged);
});
