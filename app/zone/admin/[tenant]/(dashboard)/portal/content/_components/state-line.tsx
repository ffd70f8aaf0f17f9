'use client'

import { StateDot } from '@/components/ui/badge'
import { RelativeTime } from '@/components/ui/relative-time'
import type { ContentDetail } from '@/lib/portal/content/list-content'
import { stateWord } from '../_words'

/** "Draft saved 2 minutes ago · differs from what visitors see". */
export function StateLine({ content, dirty }: { content: Pick<ContentDetail, 'state' | 'builtIn' | 'updatedBy' | 'draftAt' | 'publishedAt' | 'updatedAt'>; dirty: boolean }) {
  const { tone, word } = stateWord(content.state, content.builtIn)
  const by = content.updatedBy && ` by ${content.updatedBy}`
  return (
    <p role="status" className="flex flex-wrap items-center gap-x-2 gap-y-1 text-text-2">
      <StateDot tone={tone}>{word}</StateDot>
      <span aria-hidden>·</span>
      <span>
        {dirty && <span className="font-semibold text-text">Unsaved changes · </span>}
        {content.state === 'built_in' && (dirty ? 'visitors see the text we ship' : 'the text we ship; nobody has changed it')}
        {content.state === 'published' && (
          <>
            published <RelativeTime at={content.publishedAt} />
            {by} · this is what visitors see
          </>
        )}
        {content.state === 'changed' && (
          <>
            draft saved <RelativeTime at={content.draftAt} />
            {by} · differs from what visitors see
          </>
        )}
        {content.state === 'draft' && (
          <>
            draft saved <RelativeTime at={content.draftAt} />
            {by} · {content.builtIn ? 'visitors see the built-in text' : 'nobody sees it until you publish'}
          </>
        )}
        {content.state === 'hidden' && (
          <>
            hidden <RelativeTime at={content.updatedAt} />
            {by} · visitors get Page not found
          </>
        )}
      </span>
    </p>
  )
}
