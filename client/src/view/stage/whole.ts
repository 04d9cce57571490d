// All that draws and carries the stage: fetched in one piece, once somebody is on it or on deck for it.
import '../../style/stage.css'
export { createOnstage } from '../../stage/onstage'
export { Deck } from './deck'
export { Invited } from './invited'
export { Staged } from './picture'
export { Speaking, speakingSaid } from './speaking'
