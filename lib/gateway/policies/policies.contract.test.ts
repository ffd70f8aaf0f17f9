import { testDatabase } from '@/lib/db/test-database'
import { openNodeDoor, openWebDoor } from '@/lib/gateway/doors.contract'
import { describePolicies } from '@/lib/gateway/policies/policies.contract'

testDatabase()
describePolicies('door of Node', openNodeDoor)
describePolicies('door of the Web', openWebDoor)
