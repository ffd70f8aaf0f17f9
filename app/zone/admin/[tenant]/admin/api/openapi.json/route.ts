import { answerDocument } from '@/lib/request/management-door'

export const dynamic = 'force-dynamic'

export { answerDocument as GET }
