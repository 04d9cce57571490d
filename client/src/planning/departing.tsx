// Moves, cancels or adds one date, with a reason that is told to those invited.
import { useState } from 'preact/hooks'
import { t } from '../text/messages'
import { api } from './asking'
import { Button, Buttons, Dialog, Form, Notice, Send, Show, tell, TextField, TextIn, useDoing, useLoaded } from './kit'
import type { Row, Series, Text } from './types'
import { cityOf, dayOf, said } from './words'

interface Props {
  kind: 'moved' | 'cancelled' | 'extra'
  row: Row
  onClose: () => void
  onDone: () => void
}

export function Departing(props: Props) {
  const { kind, row, onClose } = props
  const series = useLoaded(() => api.series(row.series), [row.series])
  const title =
    kind === 'moved' ? t('Move the ceremony') : kind === 'cancelled' ? t('Cancel the ceremony') : t('A ceremony beside the rule')
  return (
    <Dialog title={title} onClose={onClose}>
      <Show of={series}>{(found) => <Asked {...props} series={found} />}</Show>
    </Dialog>
  )
}

function Asked({ kind, row, series, onClose, onDone }: Props & { series: Series }) {
  const [to, setTo] = useState(kind === 'extra' ? '' : row.date)
  const [time, setTime] = useState(row.local)
  const [reason, setReason] = useState<Text>(kind === 'extra' ? {} : row.reason)
  const [fault, setFault] = useState('')
  const [busy, doing] = useDoing()
  function send(): void {
    setFault('')
    doing(async () => {
      // The key of one beside the rule is its own day.
      const key = kind === 'extra' ? to : row.key
      const hour = kind === 'moved' && time === row.local && row.departure === '' ? {} : { time }
      const when = kind === 'cancelled' ? {} : kind === 'extra' ? hour : { to, ...hour }
      try {
        const done = await api.depart(row.series, key, { version: series.version, kind, reason, ...when })
        onClose()
        onDone()
        const words = { moved: t('The ceremony is moved.'), cancelled: t('The ceremony is cancelled.'), extra: t('The ceremony is there.') }
        tell(words[kind], done.trail, onDone)
      } catch (error) {
        setFault(said(error))
      }
    })
  }
  if (series.managed === 'file') {
    return (
      <>
        <Notice>
          <p>{t('This series is written in a file. Take it over on its page first; then it can be changed here.')}</p>
        </Notice>
        <Buttons>
          <Button onPress={onClose}>{t('Close')}</Button>
        </Buttons>
      </>
    )
  }
  return (
    <Form label={t('Move, cancel or add')} onSend={send}>
      {kind !== 'extra' && <p>{t('Until now: {date}, {time}.', { date: dayOf(row), time: row.local })}</p>}
      {kind === 'cancelled' && <p>{t('It stays on the list, marked as cancelled. Those who were told of it get a mail.')}</p>}
      {kind === 'moved' && <p>{t('It keeps its number, its programme and its people. Those who were told of it get a mail with the old and the new hour.')}</p>}
      {kind !== 'cancelled' && (
        <div class="p-pair">
          <TextField type="date" label={kind === 'extra' ? t('Day') : t('New day')} value={to} onValue={setTo} required />
          <TextField type="time" label={t('Hour by the clock of {city}', { city: cityOf(row.zone) })} value={time} onValue={setTime} required />
        </div>
      )}
      <TextIn
        label={t('Reason')}
        hint={t('Everybody can read it, in the mail and on the public page.')}
        value={reason}
        languages={series.languages}
        onValue={setReason}
        optional
      />
      {fault !== '' && (
        <Notice sign="trouble" aloud>
          <p>{fault}</p>
        </Notice>
      )}
      <Buttons>
        <Button onPress={onClose}>{t('Leave it as it is')}</Button>
        <Send busy={busy} kind={kind === 'cancelled' ? 'danger' : 'main'}>
          {kind === 'moved' ? t('Move it') : kind === 'cancelled' ? t('Cancel it') : t('Add it')}
        </Send>
      </Buttons>
    </Form>
  )
}
