// `npm test`: types, lint, unit and integration, then end-to-end in a real browser. Ends with "N passed, N failed".
// Names after `--` narrow it: `npm test -- types lint unit e2e`.
import { mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { spawnSync } from 'node:child_process'
import { ensureBuilt, ensureGenerated, ensureInstalled, nodeBinary, quietEnv, root, runCommand, say } from './bootstrap.mjs'
import { ensureTools } from './tools.mjs'

await runCommand(() => {
  const started = Date.now()
  const wanted = new Set(process.argv.slice(2).filter((word) => ['types', 'lint', 'unit', 'e2e'].includes(word)))
  const wants = (stage) => wanted.size === 0 || wanted.has(stage)
  const total = { passed: 0, failed: 0 }
  const failures = []
  const add = (passed, failed) => {
    total.passed += passed
    total.failed += failed
  }

  ensureInstalled()
  const missing = ensureTools(['chromium', 'redis-server', 'nginx', 'nginx-lua'])
  for (const sentence of missing) say(sentence)
  if (missing.length > 0) {
    process.stdout.write('0 passed, 1 failed\n')
    process.exitCode = 1
    return
  }
  ensureGenerated()
  const reports = mkdtempSync(join(tmpdir(), 'gatehouse-test-'))
  try {
    if (wants('types')) stage('types', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.check.json'])
    if (wants('lint')) stage('lint', ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings=0'])
    if (wants('unit')) vitest('unit and integration')
    if (wants('e2e')) {
      ensureBuilt()
      vitest('whole servers', ['--config', 'vitest.server.config.ts'])
      const report = join(reports, 'e2e.json')
      const status = node('end to end', ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json'], { PLAYWRIGHT_JSON_OUTPUT_FILE: report })
      const found = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null
      const stats = found?.stats
      failures.push(...failedWalks(found?.suites ?? []))
      // A test that only passes when tried again counts as failed.
      const failed = (stats?.unexpected ?? 0) + (stats?.flaky ?? 0)
      add(stats?.expected ?? 0, status !== 0 && failed === 0 ? 1 : failed)
    }
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
  // Said again where it is read first: the end, after thousands of lines.
  for (const { name, why } of failures) say(`\nFailed: ${name}\n${why}`)
  say(`Took ${Math.round((Date.now() - started) / 1000)} s.`)
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`)
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1

  function stage(label, args) {
    const status = node(label, args)
    add(status === 0 ? 1 : 0, status === 0 ? 0 : 1)
    if (status !== 0) failures.push({ name: label, why: 'Its lines stand above.' })
  }

  function vitest(label, args = []) {
    const report = join(reports, `${label}.json`)
    const status = node(label, ['node_modules/vitest/vitest.mjs', 'run', ...args, '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`])
    const found = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null
    const brokenFiles = found?.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length ?? 0
    const failed = (found?.numFailedTests ?? 0) + brokenFiles
    add(found?.numPassedTests ?? 0, status !== 0 && failed === 0 ? 1 : failed)
    failures.push(...failedTests(found?.testResults ?? []))
    if (status !== 0 && failed === 0) failures.push({ name: label, why: `It ended with ${status} though every test passed; its lines stand above.` })
  }

  function node(label, args, env = {}) {
    say(`— ${label}`)
    return spawnSync(nodeBinary, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...quietEnv(), ...env } }).status ?? 1
  }
})

/** Failed tests of a vitest report: `{ name, why }`, `why` at most some lines. */
function failedTests(files) {
  return files.flatMap((file) => {
    const path = relative(root, file.name)
    if (file.status === 'failed' && file.assertionResults.length === 0) return [{ name: path, why: firstLines(file.message) }]
    return file.assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => ({ name: `${path} › ${test.fullName}`, why: firstLines(test.failureMessages.join('\n')) }))
  })
}

/** Failed tests of a Playwright report, its suites inside suites walked. */
function failedWalks(suites) {
  return suites.flatMap((suite) => [
    ...failedWalks(suite.suites ?? []),
    ...(suite.specs ?? [])
      .filter((spec) => !spec.ok)
      .map((spec) => ({ name: `${spec.file}:${spec.line} › ${spec.title}`, why: firstLines(spec.tests.flatMap((test) => test.results).flatMap((result) => result.errors ?? []).map((error) => error.message ?? '').join('\n')) })),
  ])
}

function firstLines(text) {
  return stripVTControlCharacters(text ?? '').split('\n').slice(0, 20).join('\n')
}
