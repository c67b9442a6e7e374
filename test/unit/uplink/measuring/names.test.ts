import { expect, it } from 'vitest';
import { createNames } from '../../../../agent/uplink/measuring/names.ts';
import { fakeTime, nowMs, pass } from './kit.ts';

function begin() {
  fakeTime();
  const all = { addresses: ['192.0.2.1'], fails: false, asked: 0, told: 0, wanted: ['one.example'] };
  const names = createNames({
    family: 4,
    async resolve() {
      all.asked += 1;
      await Promise.resolve();
      if (all.fails) throw new Error('no answer');
      return all.addresses;
    },
    found() {
      all.told += 1;
      names.refresh(all.wanted);
    },
    nowMs,
  });
  return { names, all };
}

it('needs no look-up of an address', () => {
  const { names, all } = begin();
  names.refresh(['192.0.2.9']);
  expect([names.addressOf('192.0.2.9'), all.asked]).toEqual(['192.0.2.9', 0]);
});

it('tells when an address is found, and looks for it again after five minutes', async () => {
  const { names, all } = begin();
  names.refresh(['one.example']);
  expect(names.addressOf('one.example')).toBeNull();
  await pass(0);
  expect([names.addressOf('one.example'), all.asked, all.told]).toEqual(['192.0.2.1', 1, 1]);
  all.addresses = ['192.0.2.2'];
  await pass(300_000);
  expect([names.addressOf('one.example'), all.asked]).toEqual(['192.0.2.2', 2]);
});

it('looks by itself again after ten seconds for one that was not found', async () => {
  const { names, all } = begin();
  all.fails = true;
  names.refresh(['one.example']);
  await pass(9000);
  expect(all.asked).toBe(1);
  all.fails = false;
  await pass(1000);
  expect([names.addressOf('one.example'), all.asked]).toEqual(['192.0.2.1', 2]);
});

it('keeps the last address while nobody answers', async () => {
  const { names, all } = begin();
  names.refresh(['one.example']);
  await pass(0);
  all.fails = true;
  await pass(320_000);
  expect([names.addressOf('one.example'), all.asked]).toEqual(['192.0.2.1', 4]);
});

it('takes no address of the other family', async () => {
  const { names, all } = begin();
  all.addresses = ['2001:db8::1'];
  names.refresh(['one.example']);
  await pass(0);
  expect(names.addressOf('one.example')).toBeNull();
});

it('looks once at a time', () => {
  const { names, all } = begin();
  names.refresh(['one.example']);
  names.refresh(['one.example']);
  expect(all.asked).toBe(1);
});

it('looks for nothing and tells nothing once it is stopped', async () => {
  const { names, all } = begin();
  names.refresh(['one.example']);
  names.stop();
  await pass(400_000);
  names.refresh(['two.example']);
  expect([all.asked, all.told]).toEqual([1, 0]);
});
