/**
 * A page that needs no template, no database and no stylesheet: for when those are what is missing. Plain text in,
 * HTML out.
 */
export function plainPage({ title, text, details = [] }: { title: string; text: string; details?: string[] }): string {
  const lines = details.map((line) => `<p class="d">${escapeHtml(line)}</p>`).join('')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>
body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.6 system-ui,sans-serif;background:#f7f7f8;color:#1b1b1f}
main{max-width:34rem;padding:2rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .75rem;letter-spacing:-.01em}
p{margin:0 0 1rem}
.d{font:14px/1.5 ui-monospace,monospace;background:#ececef;padding:.5rem .75rem;border-radius:.5rem;overflow-wrap:anywhere}
a{color:#1d4ed8}
@media (prefers-color-scheme:dark){body{background:#131316;color:#ececf0}.d{background:#222228}a{color:#93b4ff}}
</style>
</head>
<body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>${lines}<p><a href="/">Go to the start page</a></p></main></body>
</html>
`
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
