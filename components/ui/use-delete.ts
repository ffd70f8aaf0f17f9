'use client'

import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { useCallAction, type ActionResult } from '@/components/ui/call-action'
import { pathIn } from '@/components/ui/form'

/** For `onConfirm` of a dialog that deletes: calls the action, says what happened, goes on. Answers whether the dialog may close. */
export function useDelete({ name, goTo }: { name: string; goTo?: string }) {
  const router = useRouter()
  const call = useCallAction()
  return async <Input, Data>(action: (input: Input) => Promise<ActionResult<Data>>, input: Input): Promise<boolean> => {
    const result = await call(action, input)
    // A redirect is on its way.
    if (!result) return true
    if (!result.ok) {
      toast.error(Object.values(result.error.fields ?? {}).flat()[0] ?? result.error.message)
      return false
    }
    toast.success(`${name} is deleted`)
    const next = pathIn(result.data) ?? goTo
    if (next) router.push(next)
    else router.refresh()
    return true
  }
}
