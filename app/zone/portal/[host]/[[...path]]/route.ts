import { answerPortal, refuseMethod } from '@/lib/request/portal-door'

/** The developer portal: one door, HTML from Liquid. */
export const dynamic = 'force-dynamic'

export { answerPortal as GET, answerPortal as HEAD, answerPortal as POST, answerPortal as PUT, answerPortal as DELETE, refuseMethod as PATCH, refuseMethod as OPTIONS }
