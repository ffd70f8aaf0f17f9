/**
 * A text without what stands between an opening and a closing mark, marks included; what is never closed stays. Looks at
 * each character once: `open[\s\S]*?close` in one expression takes quadratic time where nothing closes, and the texts
 * are tenants'. Both expressions are global ones.
 */
export function withoutBlocks(text: string, open: RegExp, close: RegExp): string {
  let kept = ''
  let at = 0
  for (;;) {
    open.lastIndex = at
    const begin = open.exec(text)
    close.lastIndex = open.lastIndex
    if (!begin || !close.exec(text)) return kept + text.slice(at)
    kept += text.slice(at, begin.index)
    at = close.lastIndex
  }
}
