import { defineConfig } from '@playwright/test'

// One Gatehouse for all walks (e2e/harness/global-setup.ts); every test signs up or makes a tenant of its own.
export default defineConfig({
  testDir: './e2e',
  testMatch: '**/*.spec.ts',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  // Far above what a test takes: a slow machine is no failure.
  timeout: 480_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  outputDir: './test-results',
  globalSetup: './e2e/harness/global-setup.ts',
  use: {
    browserName: 'chromium',
    headless: true,
    viewport: { width: 1440, height: 900 },
    actionTimeout: 30_000,
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
})
