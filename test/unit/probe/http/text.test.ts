// The text of a body: in the charset that its headers name, and said to be unreadable where it is not in it.
import { describe, expect, it } from 'vitest';
import { textOf } from '../../../../agent/probe/http/text.ts';

const latin = Buffer.from('Störung', 'latin1');
const utf8 = Buffer.from('Störung');
const utf16 = Buffer.from('Störung', 'utf16le');
const bigEndian = Buffer.from(utf16).swap16();
const marked = (mark: number[], bytes: Buffer): Buffer => Buffer.concat([Buffer.from(mark), bytes]);
const html = (charset: string): string => `text/html; charset=${charset}`;

const read = (bytes: Buffer, contentType: string | null, contentEncoding: string | null = null) =>
  textOf(bytes, { contentType, contentEncoding }, true);

describe('a body is read', () => {
  it.each<[what: string, bytes: Buffer, contentType: string | null]>([
    ['as UTF-8 where nothing is said', utf8, null],
    ['as UTF-8 where no charset is named', utf8, 'text/html'],
    ['in the charset named', latin, html('ISO-8859-1')],
    ['in the charset named, in quotes', latin, 'text/html;a=b; Charset="latin1"; c=d'],
    ['in UTF-16', utf16, html('utf-16')],
    ['by its mark', marked([0xff, 0xfe], utf16), 'text/html'],
    ['by its mark, most significant byte first', marked([0xfe, 0xff], bigEndian), html('utf-8')],
    ['by its mark, whatever is said', marked([0xef, 0xbb, 0xbf], utf8), html('latin1')],
  ])('%s', (_what, bytes, contentType) =>
    expect(read(bytes, contentType)).toEqual({ text: 'Störung', unreadable: null }),
  );

  it('as it is where its encoding is none', () => {
    expect(read(utf8, null, 'identity')).toEqual({ text: 'Störung', unreadable: null });
  });

  it('up to a character that was cut in two', () => {
    const cut = utf8.subarray(0, 3);
    const headers = { contentType: null, contentEncoding: null };
    expect(textOf(cut, headers, false)).toEqual({ text: 'St', unreadable: null });
    expect(textOf(cut, headers, true).unreadable).toBe('it is not in utf-8');
  });
});

describe('a body is said to be unreadable', () => {
  it.each<[what: string, bytes: Buffer, contentType: string | null, text: string, why: string]>([
    ['that is not UTF-8', latin, null, 'St\ufffdrung', 'it is not in utf-8'],
    ['that is not in its charset', latin, html('utf8'), 'St\ufffdrung', 'it is not in utf8'],
    ['in a charset nobody knows', utf8, html('utf-7'), 'Störung', 'its charset (utf-7) is not known'],
    ['with zero bytes', Buffer.from('a\0b'), null, 'a\0b', 'it holds zero bytes'],
  ])('%s', (_what, bytes, contentType, text, unreadable) =>
    expect(read(bytes, contentType)).toEqual({ text, unreadable }),
  );

  it('that is compressed', () => {
    expect(read(utf8, null, 'gzip')).toEqual({ text: '', unreadable: 'its Content-Encoding is gzip' });
  });
});
