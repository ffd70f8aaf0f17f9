'use client'

import { useTable, type RowSelectionState } from '@tanstack/react-table'
import { ArrowDown, ArrowUp, SearchX } from 'lucide-react'
import { useRouter, useSearchParams } from 'next/navigation'
import { useEffect, useMemo, useRef, useState, useTransition, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { tickBox } from '@/components/ui/choice'
import { cn } from '@/components/ui/class-names'
import { toCsv } from '@/components/ui/csv'
import { EmptyState } from '@/components/ui/empty-state'
import { exactNumber } from '@/components/ui/format'
import { TableCell } from '@/components/ui/table-cell'
import { defineColumns, features, fieldOf, isRight, plain, valueOf, type Column, type TableFilter, type TableRow } from '@/components/ui/table-columns'
import { ExportButton, Pager } from '@/components/ui/table-pager'
import { TableToolbar } from '@/components/ui/table-toolbar'
import { readTableUrl, writeTableUrl, type TableUrl } from '@/components/ui/table-url'

export type { Column, TableFilter, TableRow } from '@/components/ui/table-columns'

export type DataTableProps<Row extends TableRow> = {
  /** What the rows are, for screen readers and counts: 'applications'. */
  label: string
  rows: Row[]
  columns: Column<Row>[]
  /** A heading on the line of the toolbar, where the list is one part of a page. */
  title?: string
  /** A sentence that says what is searched; leave out for no search. */
  search?: string
  filters?: TableFilter[]
  /** Client lists only; `-key` for descending. */
  initialSort?: string
  pageSize?: number
  /** File name without `.csv`. Server lists give `exportHref` instead. */
  exportName?: string
  exportHref?: string
  /** Shown when there are no rows at all. */
  empty: ReactNode
  /** Actions for the ticked rows, shown in place of the toolbar. Client pages only. */
  bulkActions?: (ids: string[], clear: () => void) => ReactNode
  /** Actions on the right of the toolbar. */
  toolbar?: ReactNode
  /**
   * The rows are one page that the server has searched, filtered and sorted by the address (q, filters, sort, cursor):
   * `next`/`previous` are cursors, `total` if known.
   */
  server?: { next?: string | null; previous?: string | null; total?: number }
  /** Keeps two lists on one page apart in the address. */
  urlPrefix?: string
}

/** The one list of the dashboard: search, filter chips and order live in the address; 25 rows a page; rows by keyboard. */
export function DataTable<Row extends TableRow>(props: DataTableProps<Row>) {
  const { label, rows, columns, filters = [], pageSize = 25, server, urlPrefix = '', bulkActions } = props
  const router = useRouter()
  const params = useSearchParams()
  const [waiting, start] = useTransition()
  const [selection, setSelection] = useState<RowSelectionState>({})
  const bodyRef = useRef<HTMLTableSectionElement>(null)
  const filterKeys = filters.map((filter) => filter.key)
  const fromAddress = readTableUrl(params, filterKeys, urlPrefix)
  const url: TableUrl = fromAddress.sort ? fromAddress : { ...fromAddress, sort: readTableUrl(new URLSearchParams({ sort: props.initialSort ?? '' }), []).sort }

  function change(next: Partial<TableUrl>) {
    const query = writeTableUrl(new URLSearchParams(window.location.search), { ...url, page: 1, ...next }, filterKeys, urlPrefix)
    const address = window.location.pathname + query
    // Within one page of data nothing is asked of the server: the address changes, the rows follow.
    if (server) start(() => router.replace(address, { scroll: false }))
    else window.history.replaceState(null, '', address)
  }

  const definitions = useMemo(
    () => defineColumns(columns, filterKeys),
    // Columns are described once per page: a new array of the same description is the same columns.
    [columns.map((column) => `${column.key}:${column.kind}:${column.valueKey}`).join(), filterKeys.join()],
  )
  const columnIdOf = (key: string) => (columns.some((column) => column.key === key && column.valueKey === undefined) ? key : `filter:${key}`)

  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: (row) => String(row.id),
    getColumnCanGlobalFilter: (column) => !column.id.startsWith('filter:'),
    globalFilterFn: 'includesString',
    manualFiltering: Boolean(server),
    manualSorting: Boolean(server),
    manualPagination: Boolean(server),
    state: {
      globalFilter: server ? '' : url.q.trim(),
      columnFilters: server ? [] : Object.entries(url.filters).map(([key, value]) => ({ id: columnIdOf(key), value })),
      sorting: url.sort && columns.some((column) => column.key === url.sort?.key) ? [{ id: url.sort.key, desc: url.sort.desc }] : [],
      pagination: { pageIndex: server ? 0 : url.page - 1, pageSize: server ? Math.max(rows.length, 1) : pageSize },
      rowSelection: selection,
    },
    onRowSelectionChange: setSelection,
    autoResetPageIndex: false,
    enableRowSelection: Boolean(bulkActions),
  })

  const found = server ? (server.total ?? rows.length) : table.getFilteredRowModel().rows.length
  const pages = server ? 1 : Math.max(1, Math.ceil(found / pageSize))
  const page = Math.min(url.page, pages)
  useEffect(() => {
    if (!server && url.page > pages) change({ page: pages })
  })

  const narrowed = url.q !== '' || Object.keys(url.filters).length > 0
  if (rows.length === 0 && !narrowed && !(server && params.get(`${urlPrefix}cursor`))) return (
      <div className="flex min-w-0 flex-col gap-3">
        {props.title && <h2 className="text-base font-semibold">{props.title}</h2>}
        <div className="rounded-lg border border-line bg-surface">{props.empty}</div>
      </div>
    )

  const selectedIds = table.getSelectedRowModel().rows.map((row) => row.id)
  const clearSelection = () => setSelection({})

  function exportCsv() {
    const lines = table.getSortedRowModel().rows.map((row) => columns.map((column) => plain(valueOf(row.original, column))))
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob(['\ufeff', toCsv(columns.map((column) => column.header), lines)], { type: 'text/csv;charset=utf-8' }))
    link.download = `${props.exportName}.csv`
    link.click()
    URL.revokeObjectURL(link.href)
  }

  function onKeyDown(event: KeyboardEvent<HTMLTableSectionElement>) {
    const target = event.target as HTMLElement
    if (target.matches('input, textarea, select')) return
    const step = event.key === 'ArrowDown' || event.key === 'j' ? 1 : event.key === 'ArrowUp' || event.key === 'k' ? -1 : 0
    if (step === 0 || event.metaKey || event.ctrlKey || event.altKey) return
    const links = [...(bodyRef.current?.querySelectorAll<HTMLElement>('[data-row-link]') ?? [])]
    const current = links.findIndex((link) => link.closest('tr') === target.closest('tr'))
    const next = links[current + step]
    if (!next) return
    event.preventDefault()
    next.focus()
  }

  function onRowClick(event: MouseEvent, href: string | undefined) {
    if (!href || event.defaultPrevented || (event.target as HTMLElement).closest('a, button, input, label, select, [role=menuitem]')) return
    if (window.getSelection()?.toString()) return
    if (event.metaKey || event.ctrlKey) window.open(href, '_blank', 'noopener')
    else router.push(href)
  }

  return (
    <div className="flex min-w-0 flex-col gap-3" aria-busy={waiting || undefined}>
      {selectedIds.length > 0 && bulkActions ? (
        <div className="flex min-h-8 flex-wrap items-center gap-2">
          <span className="num mr-2 font-semibold">{selectedIds.length} selected</span>
          {bulkActions(selectedIds, clearSelection)}
          <Button variant="ghost" onClick={clearSelection}>
            Clear
          </Button>
        </div>
      ) : (
        <TableToolbar label={label} title={props.title} search={props.search} url={url} filters={filters} onChange={change}>
          {props.toolbar}
          {(props.exportName || props.exportHref) && rows.length > 0 && (
            <ExportButton href={props.exportHref} onClick={exportCsv} />
          )}
        </TableToolbar>
      )}

      <div className={cn('min-w-0 overflow-hidden rounded-lg border border-line bg-surface transition-opacity', waiting && 'opacity-60')}>
        <div className="relative overflow-x-auto">
          <table className="w-full border-collapse text-sm">
            <caption className="sr-only">{label}</caption>
            <thead className="bg-sunken/60 text-left text-xs text-text-2">
              {table.getHeaderGroups().map((group) => (
                <tr key={group.id} className="border-b border-line">
                  {bulkActions && (
                    <th scope="col" className="w-10 pl-4">
                      <input
                        type="checkbox"
                        aria-label="Select all on this page"
                        className={cn(tickBox, 'block')}
                        checked={table.getIsAllPageRowsSelected()}
                        onChange={table.getToggleAllPageRowsSelectedHandler()}
                      />
                    </th>
                  )}
                  {columns.map((column) => {
                    const header = group.headers.find((candidate) => candidate.column.id === column.key)
                    if (!header) return null
                    const sorted = header.column.getIsSorted()
                    const right = isRight(column)
                    return (
                      <th
                        key={column.key}
                        scope="col"
                        aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined}
                        className={cn('h-9 px-3 font-semibold whitespace-nowrap first:pl-4 last:pr-4', right && 'text-right', column.width, column.hideOnPhone && 'max-sm:hidden')}
                      >
                        {header.column.getCanSort() ? (
                          <button
                            type="button"
                            className={cn('group inline-flex items-center gap-1 rounded-sm align-middle hover:text-text', right && 'flex-row-reverse', sorted && 'text-text')}
                            onClick={() => change({ sort: nextSort(url.sort, column.key, right) })}
                          >
                            {column.header}
                            {sorted === 'desc' ? <ArrowDown aria-hidden className="size-3" /> : <ArrowUp aria-hidden className={cn('size-3', !sorted && 'opacity-0 group-hover:opacity-60 group-focus-visible:opacity-60')} />}
                          </button>
                        ) : (
                          column.header || <span className="sr-only">Actions</span>
                        )}
                      </th>
                    )
                  })}
                </tr>
              ))}
            </thead>
            <tbody ref={bodyRef} onKeyDown={onKeyDown}>
              {table.getRowModel().rows.map((row) => (
                <tr
                  key={row.id}
                  onClick={(event) => onRowClick(event, row.original.href)}
                  className={cn('border-line not-last:border-b hover:bg-sunken/60', row.original.href && 'cursor-pointer has-[[data-row-link]:focus-visible]:bg-sunken', row.getIsSelected() && 'bg-accent-soft')}
                >
                  {bulkActions && (
                    <td className="w-10 pl-4">
                      <input type="checkbox" aria-label="Select row" className={cn(tickBox, 'block')} checked={row.getIsSelected()} onChange={row.getToggleSelectedHandler()} />
                    </td>
                  )}
                  {columns.map((column, index) => (
                    <td
                      key={column.key}
                      className={cn('h-11 max-w-96 px-3 py-2 first:pl-4 last:pr-4', index === 0 && 'max-sm:w-full max-sm:max-w-0 max-sm:min-w-36', isRight(column) && 'text-right', column.hideOnPhone && 'max-sm:hidden', (column.kind ?? 'text') === 'text' && 'truncate')}
                    >
                      {column.cell ? (
                        column.cell(row.original)
                      ) : (
                        <TableCell
                          kind={column.kind ?? 'text'}
                          value={fieldOf(row.original, column.key)}
                          href={(fieldOf(row.original, column.hrefKey) as string | undefined) ?? (index === 0 ? row.original.href : undefined)}
                          detail={fieldOf(row.original, column.detailKey) as ReactNode}
                        />
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {table.getRowModel().rows.length === 0 && (
          <EmptyState
            icon={<SearchX />}
            title="Nothing matches"
            action={<Button onClick={() => change({ q: '', filters: {} })}>Clear search and filters</Button>}
          >
            {`None of the ${label} fits what you are looking for.`}
          </EmptyState>
        )}
      </div>

      <div className="flex min-h-7 items-center justify-between gap-3 text-sm text-text-2">
        <p role="status" className="num">
          {server && server.total === undefined ? `${exactNumber(rows.length)} shown` : pages > 1 ? `${exactNumber((page - 1) * pageSize + 1)}–${exactNumber(Math.min(page * pageSize, found))} of ${exactNumber(found)}` : `${exactNumber(found)} ${found === 1 ? singular(label) : label}`}
        </p>
        {server ? (
          <Pager
            previous={server.previous ? () => goToCursor(server.previous as string) : undefined}
            next={server.next ? () => goToCursor(server.next as string) : undefined}
            hidden={!server.next && !server.previous}
          />
        ) : (
          <Pager previous={page > 1 ? () => change({ page: page - 1 }) : undefined} next={page < pages ? () => change({ page: page + 1 }) : undefined} hidden={pages === 1} />
        )}
      </div>
    </div>
  )

  function goToCursor(cursor: string) {
    const next = new URLSearchParams(window.location.search)
    next.set(`${urlPrefix}cursor`, cursor)
    start(() => router.push(`${window.location.pathname}?${next}`, { scroll: false }))
  }
}

/** Figures are asked for from the largest, words from A; the third press forgets the order. */
function nextSort(sort: TableUrl['sort'], key: string, figures: boolean): TableUrl['sort'] {
  if (sort?.key !== key) return { key, desc: figures }
  return sort.desc === figures ? { key, desc: !figures } : null
}

function singular(label: string): string {
  return label.endsWith('ies') ? `${label.slice(0, -3)}y` : label.replace(/s$/, '')
}
