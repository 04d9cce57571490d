// The run of show: every item with its state, its planned and expected times, and what can be done with it.
import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../../text/messages'
import { timeAt } from '../dates'
import { Icon, Press, Twice } from './controls'
import type { Desk } from './desk'
import { expected, type Row } from './runofshow'
import { kindWord, length, stateWord } from './words'

/** The item whose actions are open. */
const open = signal<string | null>(null)

export function Rundown({ desk }: { desk: Desk }) {
  const programme = desk.programme.value
  if (programme === null) return <p>{t('The programme of this ceremony is not set yet.')}</p>
  const { rows } = expected(programme, desk.state.value.progress, desk.now_s.value * 1000)
  return (
    <div class="h-rundown">
      {desk.conducts.value && <Autopilot desk={desk} />}
      <ol class="h-rows">
        {rows.map((row) => (
          <Line key={row.item.id} desk={desk} row={row} zone={programme.zone} />
        ))}
      </ol>
    </div>
  )
}

/** State and times in a line: "planned 14:03, expected 14:05". */
function timesOf(row: Row, zone: string): string {
  const planned = timeAt(row.planned_ms, zone)
  const at = row.expected_ms === null ? '' : timeAt(row.expected_ms, zone)
  switch (row.state) {
    case 'live':
    case 'held':
      return t('since {at}, planned {planned}', { at, planned })
    case 'done': {
      const took = row.took_ms === null ? '' : length(row.took_ms)
      if (row.began) return t('began {at}, took {took}', { at, took })
      return at === '' ? t('took {took}', { took }) : t('comes again {at}', { at })
    }
    case 'skipped':
      return planned
    default:
      if (at === '') return t('{planned}, passed by', { planned })
      return at === planned ? planned : t('{planned}, expected {at}', { planned, at })
  }
}

function Line({ desk, row, zone }: { desk: Desk; row: Row; zone: string }) {
  const line = useRef<HTMLLIElement>(null)
  const { item, state } = row
  const title = desk.text(item.title)
  const isOpen = open.value === item.id
  const isLive = state === 'live' || state === 'held'
  useEffect(() => {
    if (isLive && line.current !== null) bringIntoView(line.current)
  }, [isLive])
  return (
    <li ref={line} class={`h-row is-${state}`} aria-current={isLive ? 'step' : undefined}>
      <button
        type="button"
        class="h-head"
        aria-expanded={isOpen}
        onClick={() => (open.value = isOpen ? null : item.id)}
      >
        <span class="h-number">{row.number}</span>
        <span class="h-title">{title}</span>
        <span class="h-lasts">{length(item.planned_s * 1000)}</span>
        <span class="h-facts">
          <Icon mark={state} />
          <b>{stateWord(state)}</b>
          <span>{timesOf(row, zone)}</span>
        </span>
      </button>
      {isOpen && <Actions desk={desk} row={row} title={title} zone={zone} />}
    </li>
  )
}

/** Scrolls the column, and never the page: a host who reads elsewhere stays there. */
function bringIntoView(line: HTMLElement): void {
  const column = line.closest('.h-column')
  if (column === null) return
  const { top, bottom } = line.getBoundingClientRect()
  const frame = column.getBoundingClientRect()
  const room = frame.height / 4
  if (top < frame.top || bottom > frame.bottom) column.scrollTop += top - frame.top - room
}

function Actions({ desk, row, title, zone }: { desk: Desk; row: Row; title: string; zone: string }) {
  const { item, state } = row
  const progress = desk.state.value.progress
  const hasRun = progress.runs.some((run) => run.item_id === item.id)
  const words = state === 'live' || state === 'held' ? t('Begin it again') : t('Go to it')
  return (
    <div class="h-actions">
      <p>
        {[kindWord(item), desk.text(item.presenter)].filter((part) => part !== '').join(' · ')}
        {item.end === 'next' && ` · ${t('the next item follows by itself')}`}
      </p>
      {state === 'done' && <p class="h-facts">{t('planned {time}', { time: timeAt(row.planned_ms, zone) })}</p>}
      {item.note_host !== '' && <p class="h-hostnote">{item.note_host}</p>}
      {desk.conducts.value && desk.shown.value.phase !== 'closed' && (
        <div class="h-buttons">
          <Twice
            desk={desk}
            id={`goto ${item.id}`}
            words={words}
            again={t('Yes, go to: {title}', { title })}
            onPress={() => void desk.act('item.cue', { item_id: item.id, aimed_cue: progress.cues })}
          />
          {state === 'skipped' && (
            <Press desk={desk} onPress={() => void desk.act('item.restore', { item_id: item.id })}>
              {t('Take it back in')}
            </Press>
          )}
          {state === 'planned' && !hasRun && (
            <Press desk={desk} onPress={() => void desk.act('item.skip', { item_id: item.id })}>
              {t('Leave it out')}
            </Press>
          )}
        </div>
      )}
    </div>
  )
}

function Autopilot({ desk }: { desk: Desk }) {
  const { progress } = desk.state.value
  const on = progress.autopilot
  const { shown } = desk
  const overdue = shown.value.phase === 'item' ? shown.value.over : desk.now_s.value * 1000 >= (desk.programme.value?.starts_ms ?? Infinity)
  const closed = shown.value.phase === 'closed'
  const explanation = on
    ? t('On: each item begins by itself when the one before is over. You may still press Next, hold or go to another item.')
    : t('Off: nothing begins until you press Next.')
  return (
    <div class="h-autopilot">
      {on || !overdue ? (
        <Press desk={desk} pressed={on} disabled={closed} onPress={() => void desk.act('autopilot.set', { on: !on })}>
          {t('Autopilot')}
        </Press>
      ) : (
        <Twice
          desk={desk}
          id="autopilot"
          words={t('Autopilot')}
          again={t('Yes, and the next item begins in three seconds')}
          disabled={closed}
          pressed={false}
          onPress={() => void desk.act('autopilot.set', { on: true })}
        />
      )}
      <p>{explanation}</p>
    </div>
  )
}
