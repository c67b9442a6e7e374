// Tests use raw sockets and make interfaces: they never run on the machine's own network.

export function setup(): void {
  if (process.env['PATHPROOF_LAB'] === '1') return;
  throw new Error('tests run in namespaces of their own, made by: npm test -- [arguments of vitest]');
}
