import { answerManagement } from '@/lib/request/management-door'

export const dynamic = 'force-dynamic'

export { answerManagement as GET, answerManagement as POST, answerManagement as PUT, answerManagement as PATCH, answerManagement as DELETE }
