// Which camera and microphone there are, and which of them are used: asked anew when one is plugged in.
import { useEffect, useId, useState } from 'preact/hooks'
import type { Choice, Choices } from '../../stage/devices'
import type { Onstage, OnstageState } from '../../stage/onstage'
import { t } from '../../text/messages'

export function ChoiceOfDevices({ core, state }: { core: Onstage; state: OnstageState }) {
  const [choices, setChoices] = useState<Choices | null>(null)
  const { camera, microphone } = state.checks
  useEffect(() => {
    let gone = false
    const look = () => void core.devices.choices().then((found) => !gone && setChoices(found))
    look()
    const stop = core.devices.onPlugged(look)
    return () => {
      gone = true
      stop()
    }
  }, [core, camera, microphone, state.preview])
  if (choices === null) return null
  return (
    <>
      {!state.checks.voiceOnly && (
        <DeviceField
          label={t('Camera')}
          unnamed={(n) => t('Camera {n}', { n })}
          choices={choices.cameras}
          value={choices.camera}
          onChange={(id) => void core.devices.choose('camera', id)}
        />
      )}
      <DeviceField
        label={t('Microphone')}
        unnamed={(n) => t('Microphone {n}', { n })}
        choices={choices.microphones}
        value={choices.microphone}
        onChange={(id) => void core.devices.choose('microphone', id)}
      />
    </>
  )
}

interface DeviceProps {
  label: string
  /** What one is called that has no name. */
  unnamed: (n: number) => string
  choices: Choice[]
  value: string
  onChange: (id: string) => void
}

function DeviceField({ label, unnamed, choices, value, onChange }: DeviceProps) {
  const id = useId()
  if (choices.length === 0) return null
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={choices.some((one) => one.id === value) ? value : choices[0]?.id} onChange={(event) => onChange(event.currentTarget.value)}>
        {choices.map((one, at) => (
          <option key={one.id} value={one.id}>
            {one.name || unnamed(at + 1)}
          </option>
        ))}
      </select>
    </div>
  )
}
