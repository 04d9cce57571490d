// Keeps a failure of one picture from taking the page away: a calm frame stands in, and it is tried again.
import { Component, type ComponentChildren } from 'preact'

const AGAIN_MS = 3000

interface Props {
  /** Another name is another thing to draw, and is tried at once. */
  of?: string
  calm: ComponentChildren
  children: ComponentChildren
}

export class Boundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false }
  private timer: ReturnType<typeof setTimeout> | undefined

  static override getDerivedStateFromError(): { failed: boolean } {
    return { failed: true }
  }

  override componentDidCatch(error: unknown): void {
    console.error(error)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.setState({ failed: false }), AGAIN_MS)
  }

  override componentDidUpdate(before: Props): void {
    if (this.state.failed && before.of !== this.props.of) this.setState({ failed: false })
  }

  override componentWillUnmount(): void {
    clearTimeout(this.timer)
  }

  override render() {
    return this.state.failed ? this.props.calm : this.props.children
  }
}
