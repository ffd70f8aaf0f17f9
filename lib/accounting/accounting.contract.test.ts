import { testDatabase } from '@/lib/db/test-database'
import { describeAccounting } from '@/lib/accounting/accounting.contract'
import { openAccountingNode, openAccountingWeb } from '@/lib/accounting/service.fixture'

testDatabase()
// A clock that stands still: no window ends while a test looks at it.
const now = Date.now()
const clock = { now: () => now }
describeAccounting('door of Node', now, () => openAccountingNode(clock))
describeAccounting('door of the Web', now, () => openAccountingWeb(clock))
