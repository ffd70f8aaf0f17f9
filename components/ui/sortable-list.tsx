'use client'

import { DndContext, KeyboardSensor, PointerSensor, closestCenter, useSensor, useSensors, type DragEndEvent } from '@dnd-kit/core'
import { SortableContext, arrayMove, sortableKeyboardCoordinates, useSortable, verticalListSortingStrategy } from '@dnd-kit/sortable'
import { ArrowDown, ArrowUp, GripVertical } from 'lucide-react'
import { useId, useState, type ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'

/**
 * Order by drag, by keyboard (space, arrows, space) and by visible buttons. Shows the new order at once; `onReorder`
 * gets all ids in order and may answer false to take the move back.
 */
export function SortableList<Item extends { id: string | number }>({
  label,
  items,
  nameOf,
  render,
  onReorder,
  disabled = false,
}: {
  label: string
  items: Item[]
  /** What to call an item aloud: "Move GET /1.1/search.json up". */
  nameOf: (item: Item) => string
  render: (item: Item, index: number) => ReactNode
  onReorder: (ids: Item['id'][]) => unknown
  disabled?: boolean
}) {
  const contextId = useId()
  const [moved, setMoved] = useState<{ of: Item[]; order: Item[] } | null>(null)
  const [said, setSaid] = useState('')
  // The server's list wins as soon as it is a new one.
  const shown = moved?.of === items ? moved.order : items
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 4 } }), useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }))

  async function move(from: number, to: number) {
    const item = shown[from]
    if (!item || from === to || to < 0 || to >= shown.length) return
    const order = arrayMove(shown, from, to)
    setMoved({ of: items, order })
    setSaid(`${nameOf(item)} is now ${to + 1} of ${shown.length}.`)
    if ((await onReorder(order.map(({ id }) => id))) === false) setMoved(null)
  }
  function onDragEnd({ active, over }: DragEndEvent) {
    if (!over) return
    const at = (id: string | number) => shown.findIndex((item) => item.id === id)
    void move(at(active.id), at(over.id))
  }

  return (
    <DndContext id={contextId} sensors={sensors} collisionDetection={closestCenter} onDragEnd={onDragEnd}>
      <SortableContext items={shown.map(({ id }) => id)} strategy={verticalListSortingStrategy} disabled={disabled}>
        <ol aria-label={label} className="min-w-0">
          {shown.map((item, index) => (
            <Row key={item.id} id={item.id} name={nameOf(item)} disabled={disabled} first={index === 0} last={index === shown.length - 1} onMove={(by) => void move(index, index + by)}>
              {render(item, index)}
            </Row>
          ))}
        </ol>
      </SortableContext>
      <p role="status" className="sr-only">
        {said}
      </p>
    </DndContext>
  )
}

function Row({
  id,
  name,
  disabled,
  first,
  last,
  onMove,
  children,
}: {
  id: string | number
  name: string
  disabled: boolean
  first: boolean
  last: boolean
  onMove: (by: 1 | -1) => void
  children: ReactNode
}) {
  const { attributes, listeners, setNodeRef, transform, transition, isDragging } = useSortable({ id, disabled })
  return (
    <li
      ref={setNodeRef}
      style={{ transform: transform ? `translate3d(0, ${Math.round(transform.y)}px, 0)` : undefined, transition }}
      className={cn('group flex min-w-0 items-center gap-1 border-line bg-surface pr-2 not-last:border-b', isDragging && 'relative z-10 rounded-md border shadow-pop')}
    >
      <button
        type="button"
        {...attributes}
        {...listeners}
        disabled={disabled}
        aria-label={`Drag ${name}`}
        className="grid size-9 shrink-0 cursor-grab touch-none place-items-center text-text-3 hover:text-text focus-visible:-outline-offset-2 active:cursor-grabbing"
      >
        <GripVertical aria-hidden className="size-4" />
      </button>
      <div className="min-w-0 flex-1">{children}</div>
      <span className="flex shrink-0">
        <Button variant="ghost" size="icon-sm" aria-label={`Move ${name} up`} title="Move up" disabled={disabled || first} icon={<ArrowUp aria-hidden />} onClick={() => onMove(-1)} />
        <Button variant="ghost" size="icon-sm" aria-label={`Move ${name} down`} title="Move down" disabled={disabled || last} icon={<ArrowDown aria-hidden />} onClick={() => onMove(1)} />
      </span>
    </li>
  )
}
