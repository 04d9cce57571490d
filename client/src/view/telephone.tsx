// A telephone number to press; numbers run from the left in every script.
export function Telephone({ number, class: name = '' }: { number: string; class?: string }) {
  return (
    <a class={`link ${name}`} href={`tel:${number.replace(/[^+\d]/g, '')}`} dir="ltr">
      {number}
    </a>
  )
}
