// The door of the client: loads the language of the page and starts.
import { loadLanguage } from './text/messages'

void loadLanguage(document.documentElement.lang)
