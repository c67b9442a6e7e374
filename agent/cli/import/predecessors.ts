// Whose settings can be taken over: which file each has, and what becomes of it. Plain data, for the table of commands.

export const predecessors = [
  {
    predecessor: 'imon',
    file: "imon's file of an instance",
    ours: 'YAML file',
    example: '/etc/default/imon-main --output /etc/pathproof/config.yaml',
  },
  {
    predecessor: 'py-pingu',
    file: "py-pingu's JSON file",
    ours: 'YAML file',
    example: 'config.json --output /etc/pathproof/config.yaml',
  },
  {
    predecessor: 'ping-tool',
    file: "ping-tool's .env",
    ours: 'agent.env',
    example: '.env --output /etc/pathproof/agent.env',
  },
] as const;

export type Predecessor = (typeof predecessors)[number]['predecessor'];
