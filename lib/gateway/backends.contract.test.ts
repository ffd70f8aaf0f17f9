import { testDatabase } from '@/lib/db/test-database'
import { describeBackends } from '@/lib/gateway/backends.contract'
import { openNodeDoor, openWebDoor } from '@/lib/gateway/doors.contract'

testDatabase()
describeBackends('door of Node', openNodeDoor)
describeBackends('door of the Web', openWebDoor)
