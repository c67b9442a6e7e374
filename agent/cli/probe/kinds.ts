// What `pathproof probe` says of each kind. Imports nothing: --help is there at once.

export interface KindWords {
  description: string;
  /** What stands for the target, in brackets where it may be left out. */
  argument: `<${string}>` | `[${string}]`;
  example: string;
}

export const kindWords = {
  ping: {
    description: 'round trips and loss to a host',
    argument: '<TARGET>',
    example: 'pathproof probe ping 1.1.1.1 --via lte --max-loss 0',
  },
  traceroute: {
    description: 'the route to a host',
    argument: '<TARGET>',
    example: 'pathproof probe traceroute 1.1.1.1 --via lte --min-latency 10 --route-includes 192.168.2.1',
  },
  dns: {
    description: 'what a name server answers',
    argument: '<SERVER>',
    example: 'pathproof probe dns 1.1.1.1 --name one.one.one.one --via lte',
  },
  http: {
    description: 'whether a page is as it should be',
    argument: '<URL>',
    example: 'pathproof probe http https://example.com/ --via lte --status-codes 200-299',
  },
  egress: {
    description: 'which public address the world sees',
    argument: '[SERVER]',
    example: 'pathproof probe egress --via lte --org-includes AS64500',
  },
} as const satisfies Record<string, KindWords>;
