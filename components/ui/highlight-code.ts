export type CodeLanguage = 'text' | 'json' | 'shell' | 'http'
export type CodePart = { text: string; kind?: 'name' | 'text' | 'number' | 'word' | 'quiet' }

const patterns: Record<Exclude<CodeLanguage, 'text'>, [RegExp, CodePart['kind']][]> = {
  json: [
    [/"(?:[^"\\\n]|\\.)*"(?=\s*:)/y, 'name'],
    [/"(?:[^"\\\n]|\\.)*"/y, 'text'],
    [/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b/y, 'number'],
    [/\b(?:true|false|null)\b/y, 'word'],
  ],
  shell: [
    [/#[^\n]*/y, 'quiet'],
    [/'[^']*'|"(?:[^"\\]|\\.)*"/y, 'text'],
    [/(?<=^|\s)-{1,2}[a-zA-Z][\w-]*/y, 'name'],
    [/(?<=^|\n|\| *)(?:curl|npm|npx|node|docker|git)\b/y, 'word'],
  ],
  http: [
    [/^HTTP\/[\d.]+ \d{3}[^\n]*/my, 'word'],
    [/^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (?=\/)/my, 'word'],
    [/^[\w-]+(?=:)/my, 'name'],
  ],
}

/** Cuts code into coloured parts; their texts joined are the code again. Linear, and plain beyond 50,000 characters. */
export function highlightCode(code: string, language: CodeLanguage): CodePart[] {
  if (language === 'text' || code.length > 50_000) return [{ text: code }]
  const parts: CodePart[] = []
  let plain = ''
  for (let at = 0; at < code.length; ) {
    let found: CodePart | undefined
    for (const [pattern, kind] of patterns[language]) {
      pattern.lastIndex = at
      const text = pattern.exec(code)?.[0]
      if (text) {
        found = { text, kind }
        break
      }
    }
    if (found) {
      if (plain) parts.push({ text: plain })
      plain = ''
      parts.push(found)
      at += found.text.length
    } else {
      // A word is taken whole, so that its middle cannot be mistaken for the start of something.
      const word = /[A-Za-z0-9_]+|[^A-Za-z0-9_]/y
      word.lastIndex = at
      const text = word.exec(code)?.[0] ?? (code[at] as string)
      plain += text
      at += text.length
    }
  }
  if (plain) parts.push({ text: plain })
  return parts
}
