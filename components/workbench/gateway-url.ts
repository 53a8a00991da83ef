/** Where a WebSocket of the gateway is opened from this page. */
export function gatewayUrl(path: string, query: Record<string, string> = {}): URL {
  const url = new URL(path, location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url
}
