import { everyPortalLook, seedContent, type Content } from '@/e2e/harness/content'
import { lookClosely } from '@/e2e/harness/look-closely'
import { test } from '@/e2e/harness/world'

// Every page of the portal that answers with HTML, as a visitor and as a partner sees it.
let content: Content

test.beforeAll(async () => {
  content = await seedContent()
})

for (const look of everyPortalLook())
  test(`CSP-2 ${look.name} passes axe in light and dark at 1440 and 380 px, without a report or a console error`, ({ page, context }) => lookClosely({ page, context }, look, content))
