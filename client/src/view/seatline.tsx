// Why a page asks nothing of somebody who has entered, and that nothing need be done: all seats are taken.
import { useEffect } from 'preact/hooks'
import { t } from '../text/messages'
import { announce } from './announcing'
import { usePage } from './page'

/** Said once, though the line makes room for each silence. */
let told = false

export function SeatLine() {
  const { live } = usePage()
  const full = t('The rooms are full.')
  const words = t('You miss nothing of the ceremony here, and will be let in as soon as there is room.')
  useEffect(() => {
    if (!told) {
      told = true
      window.scrollTo(0, 0)
      announce(`${full} ${words}`)
    }
    return () => {
      if (live.peek().seatless) return
      told = false
      announce(t('There is a seat for you now.'))
    }
  }, [])
  return (
    <div class="seat-line">
      <p>
        <strong>{full}</strong> {words}
      </p>
    </div>
  )
}
