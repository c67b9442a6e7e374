// What came in, read off Node's request: path, query, header lines; and whether its client is still there.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Failure } from '../../../shared/failure.ts';
import type { HttpWords } from '../../../shared/headers/read.ts';

export interface Target {
  /** Only where the request line holds a whole URL, as it does towards a proxy. */
  authority: string | null;
  path: string;
  query: string;
}

/** Never `new URL`: what a client puts there need not be one. */
export function targetOf(url: string): Target {
  const [, authority = null, rest = ''] = /^(?:https?:\/\/([^/?#]*))?(.*)$/is.exec(url) ?? [];
  const [, path = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(rest) ?? [];
  return { authority, path: path === '' ? '/' : path, query };
}

/** The header lines as they came. A URL's own authority stands for `Host` (RFC 9112 §3.2.2). */
export function wordsOf({ rawHeaders, url = '' }: IncomingMessage): HttpWords {
  const { authority, query } = targetOf(url);
  const lines: [string, string][] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    lines.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '']);
  if (authority === null) return { headers: lines, query };
  const others = lines.filter(([name]) => name.toLowerCase() !== 'host');
  return { headers: [...others, ['Host', authority]], query };
}

/** Aborted when the client leaves before its answer is out. */
export function presence(response: ServerResponse): AbortSignal {
  const asker = new AbortController();
  const leave = (): void => asker.abort(new Failure('cancelled', 'the client went away'));
  if (response.destroyed) leave();
  response.once('close', () => {
    if (!response.writableFinished) leave();
  });
  return asker.signal;
}

/** Bodies mean nothing here, but unread they would hide a client's leaving; too long a one ends the connection. */
export function discardBody(request: IncomingMessage, longestBytes: number): void {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > longestBytes) request.destroy();
  });
}
