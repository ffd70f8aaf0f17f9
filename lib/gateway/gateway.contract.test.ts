import { testDatabase } from '@/lib/db/test-database'
import { openNodeDoor, openWebDoor } from '@/lib/gateway/doors.contract'
import { describeGateway } from '@/lib/gateway/gateway.contract'

testDatabase()
describeGateway('door of Node', { exactTarget: true }, openNodeDoor)
describeGateway('door of the Web', { exactTarget: true }, openWebDoor)
