// The run of show: every item with its state, its planned and expected times, and what can be done with it.
import { signal } from '@preact/signals'
import { t } from '../../text/messages'
import { Icon, Press, Twice } from './controls'
import type { Desk } from './desk'
import { expected, type Row } from './runofshow'
import { kindWord, length, stateWord, timeOfDay } from './words'

/** The item whose actions are open. */
const open = signal<string | null>(null)

export function Rundown({ desk }: { desk: Desk }) {
  const programme = desk.programme.value
  if (programme === null) return <p>{t('The programme of this ceremony is not set yet.')}</p>
  const { rows } = expected(programme, desk.state.value.progress, desk.now_s.value * 1000)
  return (
    <div class="rundown">
      {desk.conducts.value && <Autopilot desk={desk} />}
      <ol class="rows">
        {rows.map((row) => (
          <Line key={row.item.id} desk={desk} row={row} zone={programme.zone} />
        ))}
      </ol>
    </div>
  )
}

function Line({ desk, row, zone }: { desk: Desk; row: Row; zone: string }) {
  const { item, state } = row
  const title = desk.text(item.title)
  const isOpen = open.value === item.id
  const planned = timeOfDay(row.planned_ms, zone)
  const now = row.expected_ms === null ? '' : timeOfDay(row.expected_ms, zone)
  let times = t('planned {time}', { time: planned })
  if (row.began) times = t('planned {time}, began {began}', { time: planned, began: now })
  else if (now !== '' && state !== 'skipped') times = t('planned {time}, expected {expected}', { time: planned, expected: now })
  return (
    <li class={`row ${state}`} aria-current={state === 'live' || state === 'held' ? 'step' : undefined}>
      <button
        type="button"
        class="head"
        aria-expanded={isOpen}
        onClick={() => (open.value = isOpen ? null : item.id)}
      >
        <span class="number">{row.number}</span>
        <span class="what">
          <span class="title">{title}</span>
          <span class="facts">
            <Icon mark={state} />
            <b>{stateWord(state)}</b>
            <span>{times}</span>
          </span>
        </span>
        <span class="lasts">
          <span>{length(item.planned_s * 1000)}</span>
          {row.took_ms !== null && state === 'done' && <span class="took">{t('took {time}', { time: length(row.took_ms) })}</span>}
        </span>
      </button>
      {isOpen && <Actions desk={desk} row={row} title={title} />}
    </li>
  )
}

function Actions({ desk, row, title }: { desk: Desk; row: Row; title: string }) {
  const { item, state } = row
  const progress = desk.state.value.progress
  const hasRun = progress.runs.some((run) => run.item_id === item.id)
  const words = state === 'live' || state === 'held' ? t('Begin it again') : t('Go to it')
  return (
    <div class="actions">
      <p>
        {[kindWord(item), item.presenter].filter((part) => part !== '').join(' · ')}
        {item.end === 'next' && ` · ${t('the next item follows by itself')}`}
      </p>
      {item.note_host !== '' && <p class="hostnote">{item.note_host}</p>}
      {desk.conducts.value && desk.shown.value.phase !== 'closed' && (
        <div class="buttons">
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
    <div class="autopilot">
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
