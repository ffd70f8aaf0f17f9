import { answerOperator } from '@/lib/request/operator-door'

export const dynamic = 'force-dynamic'

export { answerOperator as GET, answerOperator as POST, answerOperator as PUT, answerOperator as PATCH, answerOperator as DELETE }
