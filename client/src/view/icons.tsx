// The signs beside the words of buttons; never without the word.

type IconName = 'sound' | 'muted' | 'speak' | 'help' | 'close' | 'back'

const SHAPES: Record<IconName, string> = {
  sound: 'M4 9h4l5-4v14l-5-4H4zM16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11',
  muted: 'M4 9h4l5-4v14l-5-4H4zM16.5 9.5l5 5M21.5 9.5l-5 5',
  speak: 'M4 5h16v11h-9l-5 4v-4H4zM8 9h8M8 12h5',
  help: 'M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1 1-1.1 1.8M12 16.8v.2',
  close: 'M6 6l12 12M18 6L6 18',
  back: 'M5 12h14M5 12l6-6M5 12l6 6',
}

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path
        d={SHAPES[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="2"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  )
}
