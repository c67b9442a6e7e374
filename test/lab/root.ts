// For the few test rows that user namespaces don't allow (TUN devices, negative nice, tcpdump, changing user).

/** Fails the row by its name where the runner is not the machine's root; it is never skipped. */
export function needsRealRoot(rowName: string): void {
  if (process.env['PATHPROOF_LAB_ROOT'] === '1') return;
  throw new Error(`"${rowName}" needs real root, and these tests run rootless: sudo npm test`);
}
