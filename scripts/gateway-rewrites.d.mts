export function gatewayRewrites(domain?: string): { source: string; has: { type: 'host'; value: string }[]; destination: string }[]
