"""How the domain says no: a stable code and the facts that explain it."""


class Refused(Exception):
    """A request that cannot be granted now; normal, shown to the person who asked, never logged as a defect.

    `code` is stable and listed in docs/protocol.md; `facts` are plain JSON values that a text may use.
    """

    def __init__(self, code: str, /, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


CODES: dict[str, str] = {
    "account.exists": "There is an account with this mail address already.",
    "account.last_admin": "This is the last admin: make another one first.",
    "account.mail_invalid": "This is no mail address.",
    "account.password_weak": "The password must have at least 12 characters, and not be the mail address.",
    "account.unknown": "There is no such account.",
    "broadcast.link_refused": "This link cannot be shown here.",
    "candle.not_now": "No candles are being lit just now.",
    "ceremony.full": "No more people can enter this ceremony.",
    "ceremony.not_planned": "This ceremony has no programme yet.",
    "ceremony.unknown": "There is no such ceremony.",
    "code.locked": "Too many numbers have been tried. Please wait, or open the link of your invitation.",
    "code.unknown": "This number is not known here.",
    "command.id_used": "This request has been made before.",
    "command.unknown": "The server does not know this command.",
    "cue.autopilot": "The programme goes by its own times: stop that first.",
    "cue.none_pending": "No item is about to begin.",
    "cue.pending": "The next item is about to begin: take it back first, or wait.",
    "cue.stale": "The programme has moved on meanwhile.",
    "defect": "Something went wrong on our side. Please try again in a moment.",
    "door.closed": "The doors are closed. You can watch without a seat.",
    "door.refused": "You have not been let in. You can watch without a seat.",
    "door.waiting": "Please wait at the door: somebody will let you in.",
    "enter.busy": "Many people are arriving. Please wait a moment and try again.",
    "floor.already_asked": "A request to speak is already in the order.",
    "floor.full": "No more requests to speak can be taken.",
    "floor.holder_changed": "Somebody else has the floor meanwhile.",
    "floor.not_asking": "Requests to speak are not being taken just now.",
    "floor.not_holder": "This request belongs to somebody else.",
    "floor.order_stale": "The order has changed meanwhile.",
    "floor.unknown_entry": "There is no such request to speak.",
    "floor.wrong_state": "This request has moved on meanwhile.",
    "invitation.invalid": "Some of these people cannot be invited like this.",
    "invitation.unknown": "There is no such invitation.",
    "invitation.unreadable": "This list of people cannot be read.",
    "item.already_live": "This item has been shown already.",
    "item.not_live": "This item is not being shown now.",
    "item.unknown": "There is no such item in the programme.",
    "link.pin_locked": "Too many PINs have been tried. Please wait a while.",
    "link.pin_needed": "This link has been opened in another browser. Its PIN, sent apart, opens it here too.",
    "link.pin_wrong": "This is not the PIN of this link.",
    "link.revoked": "This link has been replaced by a new one.",
    "link.unknown": "This link is not known.",
    "message.invalid": "The server could not read this message.",
    "message.not_json": "The server could not read this message.",
    "message.too_large": "This message is too long.",
    "message.too_many": "Too many messages at once. Please wait a moment.",
    "message.unknown": "The server does not know this message.",
    "moderation.changed": "Somebody has decided about this meanwhile. Please look again.",
    "page.method": "This address cannot be used like this.",
    "page.unknown": "There is no page at this address.",
    "person.banned": "You cannot come in here. Please ring us if this is a mistake.",
    "person.erased": "Nothing of you is kept here any more.",
    "person.leads": "This person leads the ceremony.",
    "person.removed": "You have been asked to leave. You can watch without a seat.",
    "person.unknown": "There is no such person here.",
    "phase.not_allowed": "This is not possible at this point of the ceremony.",
    "request.foreign": "This was asked by a page of another site.",
    "request.host_unknown": "This server is not called by that name.",
    "request.origin_not_allowed": "This has to come from a page of this server.",
    "request.too_many": "Too many requests from here. Please wait a moment.",
    "retry": "Please wait a moment and try again.",
    "role.not_allowed": "This is for those who lead the ceremony.",
    "setup.code_wrong": "This set-up code is not right, or it has been used.",
    "sign_in.link_used": "This link to sign in is not good any more.",
    "sign_in.needed": "Please sign in.",
    "sign_in.wrong": "Mail address or password is not right.",
    "silence.locked": "Not during the minute of silence.",
    "silence.no_hold": "A minute of silence is not stopped.",
    "step.stale": "The item has moved on meanwhile.",
    "step.unknown": "The item has no such part.",
    "store.busy": "This could not be written down just now. Please press again.",
    "token.missing": "Please open your link again.",
    "token.unknown": "Please open your link again.",
    "wish.enough": "You have written as much here as one person can.",
    "wish.not_here": "Nothing is being written at this item.",
    "wish.unknown": "There is no such wish.",
    "words.not_allowed": "This cannot be written here: too long, empty, or with characters that are not shown.",
    "wreath.not_yet": "The turn of this wreath has not come yet.",
    "wreath.not_yours": "This wreath is laid by another delegation.",
    "wreath.unknown": "There is no such wreath.",
}
"""Every code that a request may be refused with, and what it says where nobody has translated it."""


def text_of(code: str) -> str:
    return CODES.get(code, "This is not possible now.")
