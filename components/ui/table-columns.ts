import {
  columnFilteringFeature,
  createFilteredRowModel,
  createPaginatedRowModel,
  createSortedRowModel,
  filterFn_equalsString,
  filterFn_includesString,
  globalFilteringFeature,
  rowPaginationFeature,
  rowSelectionFeature,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
  type ColumnDef,
} from '@tanstack/react-table'
import type { ReactNode } from 'react'
import type { CellKind } from '@/components/ui/table-cell'

/** `href` makes the row lead somewhere. Other fields are what the columns name. */
export type TableRow = { id: string | number; href?: string }

export type Column<Row extends TableRow> = {
  /** Field of the row; also the column's name in the address. */
  key: string
  header: string
  /** How to show the field. Default: text. 'node' shows JSX that the page put into the field. */
  kind?: CellKind
  /** For 'node' or `cell`: the field that sorts, searches and exports in its place. */
  valueKey?: string
  /** Field with a second, quieter line. */
  detailKey?: string
  /** Field with the cell's own link; the first column takes the row's `href`. */
  hrefKey?: string
  sortable?: boolean
  align?: 'left' | 'right'
  /** Tailwind width, like 'w-24'. */
  width?: string
  hideOnPhone?: boolean
  /** Client pages only: anything else. */
  cell?: (row: Row) => ReactNode
}

export type TableFilter = { key: string; label: string; options: { value: string; label: string }[] }

export const features = tableFeatures({
  columnFilteringFeature,
  globalFilteringFeature,
  rowPaginationFeature,
  rowSelectionFeature,
  rowSortingFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
  paginatedRowModel: createPaginatedRowModel(),
  filterFns: { includesString: filterFn_includesString, equalsString: filterFn_equalsString },
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
})

const figures: (CellKind | undefined)[] = ['number', 'bytes', 'duration']

/** Our description as the table library wants it. Filters on fields that no column shows become hidden columns. */
export function defineColumns<Row extends TableRow>(columns: Column<Row>[], filterKeys: string[]): ColumnDef<typeof features, Row>[] {
  const shown = columns.map(
    (column): ColumnDef<typeof features, Row> => ({
      id: column.key,
      accessorFn: (row) => plain(valueOf(row, column)),
      enableSorting: column.sortable ?? (column.header !== '' && (column.kind !== 'node' || column.valueKey !== undefined)),
      enableGlobalFilter: true,
      sortFn: column.kind === 'time' || figures.includes(column.kind) ? 'basic' : 'alphanumeric',
      sortUndefined: 'last',
      filterFn: 'equalsString',
    }),
  )
  const hidden = filterKeys
    .filter((key) => !columns.some((column) => column.key === key && column.valueKey === undefined))
    .map((key): ColumnDef<typeof features, Row> => ({ id: `filter:${key}`, accessorFn: (row) => plain(fieldOf(row, key)), filterFn: 'equalsString', enableGlobalFilter: false }))
  return [...shown, ...hidden]
}

export function fieldOf<Row extends TableRow>(row: Row, key: string | undefined): unknown {
  return key === undefined ? undefined : (row as Record<string, unknown>)[key]
}

/** What sorts, searches and exports. */
export function valueOf<Row extends TableRow>(row: Row, column: Column<Row>): unknown {
  return fieldOf(row, column.valueKey ?? column.key)
}

export function isRight<Row extends TableRow>(column: Column<Row>): boolean {
  return column.align === 'right' || (column.align === undefined && figures.includes(column.kind))
}

export function plain(value: unknown): string | number | undefined {
  if (value === null || value === undefined || value === '') return undefined
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'number' ? value : typeof value === 'object' ? undefined : String(value)
}
