/** Where somebody goes on after signing in: a path of this site, whatever the address says. */
export function whereTo(asked: string | string[] | null | undefined): string {
  const path = Array.isArray(asked) ? asked[0] : asked
  // `//host` and `/\host` are other sites to a browser.
  return path && /^\/(?![/\\])/.test(path) && URL.canParse(path, 'http://site') && !/[\t\n\r]/.test(path) ? path : '/'
}

export const withReturn = (page: '/sign-in' | '/sign-up', to: string): string =>
  to === '/' ? page : `${page}?to=${encodeURIComponent(to)}`
