// What a link lacks, and that only a carrier that comes back is waited for.
import { describe, expect, it } from 'vitest';
import { type LinkFacts, type LinkView, viewLink } from '../../../../agent/uplink/health/link.ts';

const all: LinkFacts = { exists: true, up: true, carrier: true, address: true, gateway: true };
const first = (lacking: Partial<LinkFacts>) => viewLink(null, { ...all, ...lacking }, 500, 0).link;

it.each([
  [{}, 'ready'],
  [{ gateway: false }, 'no gateway'],
  [{ gateway: false, address: false }, 'no address'],
  [{ address: false, carrier: false }, 'no carrier'],
  [{ carrier: false, up: false }, 'down'],
  [{ up: false, exists: false }, 'missing'],
])('lacking %o it is %s', (lacking, link) => {
  expect(first(lacking)).toBe(link);
});

describe('a carrier', () => {
  /** What is seen at each moment. */
  function through(moments: [number, Partial<LinkFacts>][]): (LinkView | null)[] {
    let view: LinkView | null = null;
    return moments.map(([nowMs, lacking]) => {
      view = viewLink(view, { ...all, ...lacking }, 500, nowMs);
      return view;
    });
  }
  const links = (moments: [number, Partial<LinkFacts>][]) => through(moments).map((view) => view?.link);

  it('that is lost counts at once', () => {
    expect(
      links([
        [0, {}],
        [10, { carrier: false }],
      ]),
    ).toEqual(['ready', 'no carrier']);
  });

  it('that is back counts once it has stayed', () => {
    const views = through([
      [0, {}],
      [10, { carrier: false }],
      [20, {}],
      [519, {}],
      [520, {}],
    ]);
    expect(views.map((view) => view?.link)).toEqual([
      'ready',
      'no carrier',
      'no carrier',
      'no carrier',
      'ready',
    ]);
    expect(views.map((view) => view?.lookAgainMs)).toEqual([null, null, 520, 520, null]);
  });

  it('that comes and goes begins anew each time', () => {
    expect(
      links([
        [0, { carrier: false }],
        [10, {}],
        [400, { carrier: false }],
        [410, {}],
        [700, {}],
      ]).at(-1),
    ).toBe('no carrier');
  });

  it('is back with an interface that is', () => {
    for (const lacking of [{ exists: false }, { up: false }]) {
      expect(
        links([
          [0, {}],
          [10, lacking],
          [20, {}],
          [520, {}],
        ]).slice(2),
      ).toEqual(['no carrier', 'ready']);
    }
  });

  it('is not waited for where its address was lost', () => {
    expect(
      links([
        [0, {}],
        [10, { address: false }],
        [20, {}],
      ]),
    ).toEqual(['ready', 'no address', 'ready']);
  });
});
