/** The pages. The front door (supervisor/) serves them and the gateway on one origin, so nothing is rewritten here. */

/** Same for every answer; the content security policy, which has a nonce, is set in proxy.ts. */
const SECURITY_HEADERS = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=(), payment=(), usb=()' },
]

/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // Native or binary packages, and those that look for files beside themselves.
  serverExternalPackages: [
    'mdx-bundler',
    'esbuild',
    'better-sqlite3',
    '@prisma/client',
    '@prisma/adapter-better-sqlite3',
    'prisma',
    'shiki',
    '@shikijs/rehype',
    'better-auth',
  ],
  // `tsc --noEmit` is a test of its own; the build need not do it twice.
  typescript: { ignoreBuildErrors: true },
  images: { unoptimized: true },
  // Written by a build for the next one: ten seconds on a machine that builds once.
  experimental: { turbopackFileSystemCacheForBuild: false, authInterrupts: true },
  // What a browser asks for on a page that names no icon, as an error's.
  redirects: () => Promise.resolve([{ source: '/favicon.ico', destination: '/icon.svg', permanent: false }]),
  headers: () => Promise.resolve([{ source: '/:path*', headers: SECURITY_HEADERS }]),
}
