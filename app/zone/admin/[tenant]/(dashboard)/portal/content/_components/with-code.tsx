/** A sentence in which `code` stands between backticks, as Liquid's explanations have it. */
export function WithCode({ text }: { text: string }) {
  return text.split('`').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <code key={index} className="rounded-sm bg-sunken px-1 font-mono text-[13px]">
        {part}
      </code>
    ),
  )
}
