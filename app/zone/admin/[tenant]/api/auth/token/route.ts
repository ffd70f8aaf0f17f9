import { answerPreSessionToken } from '@/lib/request/pre-session-route'

export const dynamic = 'force-dynamic'

export const GET = answerPreSessionToken
