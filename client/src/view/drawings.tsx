// The few things that are laid or rung, drawn: a wreath, a flower, a bell, a frame. No moving parts.

/** A wreath of leaves, tied below. */
export function WreathDrawing() {
  const leaves = []
  const count = 26
  for (let at = 0; at < count; at++) {
    // The seam lies below, under the flowers.
    const turn = 180 + (360 / count) * at
    leaves.push(
      <g key={at} transform={`rotate(${turn} 120 120)`}>
        <path d="M120 50c-17-7-29-23-30-42 19 2 33 18 35 38z" fill="var(--leaf-dark)" />
        <path d="M121 48c3-19 15-33 34-39 1 20-12 38-31 44z" fill="var(--leaf)" />
        <path d="M119 62c-13 2-25-4-33-16 14-4 28 1 36 12z" fill="var(--leaf)" />
        <path d="M122 62c8-11 20-16 34-13-6 13-19 21-33 19z" fill="var(--leaf-dark)" />
      </g>,
    )
  }
  const flowers = [206, 154, 180].map((turn) => (
    <g key={turn} transform={`rotate(${turn} 120 120) translate(120 47)`}>
      {[0, 72, 144, 216, 288].map((petal) => (
        <ellipse key={petal} cx="0" cy="-9" rx="8" ry="10.5" fill="#e6ddc9" stroke="#b8aa8a" transform={`rotate(${petal})`} />
      ))}
      <circle r="5" fill="#b9a679" />
    </g>
  ))
  return (
    <svg class="drawing" viewBox="0 0 240 240" aria-hidden="true" focusable="false">
      <circle cx="120" cy="120" r="70" fill="none" stroke="var(--leaf-dark)" stroke-width="16" />
      {leaves}
      {flowers}
    </svg>
  )
}

/** A single carnation. */
export function FlowerDrawing() {
  return (
    <svg class="drawing" viewBox="0 0 240 240" aria-hidden="true" focusable="false">
      <path d="M120 92c4 44 2 92-8 140" stroke="var(--leaf)" stroke-width="6" fill="none" stroke-linecap="round" />
      <path d="M121 148c20-8 36-26 42-48-22 6-38 24-42 48z" fill="var(--leaf)" />
      <path d="M119 176c-20-6-36-20-44-40 22 2 40 16 44 40z" fill="var(--leaf-dark)" />
      <path d="M104 92h32l-6 26h-20z" fill="var(--leaf-dark)" />
      <path
        d="M120 96c-22 0-44-14-46-36l10 6 2-16 12 10 4-20 12 14 6-18 6 18 12-14 4 20 12-10 2 16 10-6c-2 22-24 36-46 36z"
        fill="#e6ddc9"
      />
      <path d="M120 94c-12-6-20-18-22-34l10 10 12-16 12 16 10-10c-2 16-10 28-22 34z" fill="#cfc3a6" />
    </svg>
  )
}

export function BellDrawing() {
  return (
    <svg class="drawing" viewBox="0 0 240 240" aria-hidden="true" focusable="false">
      <path d="M120 24v22" stroke="var(--line)" stroke-width="8" stroke-linecap="round" />
      <path d="M120 40c38 0 54 30 56 66 2 40 8 58 28 76H36c20-18 26-36 28-76 2-36 18-66 56-66z" fill="var(--wood)" />
      <path d="M120 40c38 0 54 30 56 66 2 40 8 58 28 76h-30c-14-20-18-44-20-76-2-36-12-66-34-66z" fill="#000" opacity=".2" />
      <path d="M30 182h180v12H30z" fill="var(--line)" />
      <circle cx="120" cy="206" r="13" fill="var(--line)" />
    </svg>
  )
}

/** An empty frame, where a photograph would be laid. */
export function FrameDrawing() {
  return (
    <svg class="drawing" viewBox="0 0 240 240" aria-hidden="true" focusable="false">
      <path d="M48 20h144v200H48z" fill="var(--wood)" />
      <path d="M64 36h112v168H64z" fill="var(--linen)" />
      <path d="M48 176l44 44H48z" fill="#111" />
    </svg>
  )
}
