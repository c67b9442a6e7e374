// What to do about a port that can not be had.

/** Who has it, and another that may be free. */
export const whoHolds = (port: number): string => `sudo ss -Hltnp 'sport = :${port}'`;

/** What to do where listening was refused. */
export function refusedMends(code: string, variable: string, port: number): string[] {
  if (code === 'EACCES') return [`${variable}=${port < 1024 ? 8000 + port : port + 1}`];
  if (code === 'EADDRNOTAVAIL') return ['SERVER_ADDRESS=127.0.0.1'];
  return [`${variable}=${port + 1}`];
}
