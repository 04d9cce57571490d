// What to say, and what to do next, when a camera or a microphone cannot be used.
import { t } from '../text/messages'
import type { Fault } from './devices'

export interface FaultWords {
  what: string
  next: string
}

/** `camera` and `microphone` are null where there is no fault with them. */
export function faultWords(camera: Fault | null, microphone: Fault | null): FaultWords | null {
  if (microphone !== null) return MICROPHONE[microphone]()
  return camera === null ? null : CAMERA[camera]()
}

const MICROPHONE: Record<Fault, () => FaultWords> = {
  refused: () => ({
    what: t('This page was not allowed to use camera and microphone.'),
    next: t('Press the small sign to the left of the address at the top of the window, allow camera and microphone, then try again here.'),
  }),
  none: () => ({
    what: t('We found no microphone.'),
    next: t('If you have a headset or a microphone, plug it in, then try again. Otherwise call us: you can speak by telephone.'),
  }),
  busy: () => ({
    what: t('Another program is using your microphone.'),
    next: t('Please close other calls, such as Zoom or Skype, then try again.'),
  }),
  insecure: () => ({
    what: t('Camera and microphone cannot be used by this address.'),
    next: t('Please call us: we will send you another link, or you speak by telephone.'),
  }),
}

const CAMERA: Record<Fault, () => FaultWords> = {
  refused: () => ({
    what: t('This page was not allowed to use your camera.'),
    next: t('Your voice is enough. In place of your picture there will be a light and your name.'),
  }),
  none: () => ({
    what: t('We found no camera.'),
    next: t('Your voice is enough. In place of your picture there will be a light and your name.'),
  }),
  busy: () => ({
    what: t('Another program is using your camera.'),
    next: t('Close it and try again, or speak without a picture: your voice is enough.'),
  }),
  insecure: MICROPHONE.insecure,
}
