import { everyLook, seedContent, type Content } from '@/e2e/harness/content'
import { lookClosely } from '@/e2e/harness/look-closely'
import { test } from '@/e2e/harness/world'

// Every page of site and dashboard there is; the portal's have a walk of their own (e2e/portal/accessibility.spec.ts).
let content: Content

test.beforeAll(async () => {
  content = await seedContent()
})

for (const look of everyLook())
  test(`CSP-1 ${look.name} passes axe in light and dark at 1440 and 380 px, without a report or a console error`, ({ page, context }) => lookClosely({ page, context }, look, content))
