// The one line to the planning API that all parts of these pages share.
import { t } from '../text/messages'
import { createApi } from './api'

export const api = createApi({
  fetch: (path, init) => fetch(path, init),
  toSignIn: () => location.assign('/sign-in'),
  unreached: () => t('The server does not answer just now. Please try again in a moment.'),
})
