"""The ceremonies of the browser's tests: a short one in two languages, and one with every kind of item."""

from collections.abc import Sequence
from dataclasses import replace

from memorata.domain import items as i
from memorata.domain.broadcast import Source
from memorata.domain.programme import Delegation, Programme
from tests.builders import a_programme


def both(english: str, russian: str) -> i.Text:
    return {"en": english, "ru": russian}


AMINA, BRUNO, CHIYO = both("Amina", "Амина"), both("Bruno", "Бруно"), both("Chiyo", "Тиё")
VERA, POET = both("Vera Sokolova", "Вера Соколова"), both("Daniil Andreyev", "Даниил Андреев")
GOVERNOR = both("The governor", "Губернатор")

POEM = "The wireless had no words that night,\nit only kept a step."
BOOK_UNTIL = "2099-05-09"

SILENCE = i.Silence(
    duration_s=36,
    invitation_s=6,
    stillness_s=2,
    quiet_after_s=3,
    invitation=both("Those who can, please rise.", "Кто может, встаньте, пожалуйста."),
)
WREATHS = i.WreathLaying(
    place=both("Piskarevskoye", "Пискарёвское"),
    wreaths=(
        i.Wreath(both("Armenia", "Армения"), "AM", ribbon=both("To those who stayed", "Тем, кто остался")),
        i.Wreath(both("Bulgaria", "Болгария"), "BG"),
        i.Wreath(both("Israel", "Израиль"), "IL"),
    ),
    slot_s=60,
)
FILM = i.Media(
    sources=(Source("file", "", "/media/governor.mp4"),),
    captions=(i.Caption("en", "/media/governor.en.vtt"), i.Caption("ru", "/media/governor.ru.vtt")),
)


def an_item(item_id: str, title: i.Text, detail: i.Detail, planned_s: int = 60, **fields: object) -> i.Item:
    return replace(i.Item(item_id, title, detail, planned_s), **fields)  # type: ignore[arg-type]


def short(at_ms: int, ceremony_id: str = "evening") -> Programme:
    """Conducted by hand; what a person does in it is at least once in it."""
    whole_s = SILENCE.invitation_s + SILENCE.stillness_s + SILENCE.duration_s + SILENCE.quiet_after_s
    return of(
        ceremony_id,
        at_ms,
        (
            an_item("words", both("Opening words", "Вступительное слово"), i.Address(VERA),
                    text=both("Dear people, dear families.", "Дорогие люди, дорогие семьи.")),
            an_item("minute", both("A minute of silence", "Минута молчания"), SILENCE, whole_s),
            an_item("message", both("Message of the governor", "Обращение губернатора"), i.VideoMessage(GOVERNOR),
                    media=FILM),
            an_item("verses", both("Verses", "Стихи"), i.Reading(author=POET)),
            an_item("wreaths", both("Laying of wreaths", "Возложение венков"), WREATHS, 180),
            an_item("candles", both("Candles in the windows", "Свечи в окнах"), i.Candle()),
            an_item("wishes", both("Wishes", "Пожелания"), i.Wishes()),
            an_item("farewell", both("Until next year", "До следующего года"),
                    i.Closing(both("Until next year.", "До следующего года."), "2028-01-27", 84, (), BOOK_UNTIL)),
        ),
    )  # fmt: skip


def every_kind(at_ms: int) -> Programme:
    """Every kind of item but the lobby and the silence, in the order of the grammar."""
    line = both("We remember everybody by name.", "Мы помним каждого по имени.")
    letter = (i.Greeting(both("School No. 2", "Школа № 2"), line, both("Yerevan", "Ереван")), i.Greeting(AMINA, line))
    details: dict[str, i.Detail] = {
        "address": i.Address(VERA, both("Museum", "Музей")),
        "video_message": i.VideoMessage(GOVERNOR),
        "testimony": i.Testimony(
            (
                i.Witness(VERA, 91, both("Yerevan", "Ереван"), "AM", summary=line),
                i.Witness(both("Genrikh Adler", "Генрих Адлер")),
            )
        ),
        "reading": i.Reading(POET, CHIYO),
        "response": i.Response(both("They are silent.", "Они молчат."), both("We remember.", "Мы помним.")),
        "wreath_laying": WREATHS,
        "roll_call": i.RollCall(
            (
                i.Place(both("Bishkek", "Бишкек"), both("Children of the blockade", "Дети блокады"), "KG"),
                i.Place(both("Riga", "Рига")),
            )
        ),
        "names": i.Names((i.NameRead("Anna Ivanova", "7 years"), i.NameRead("Pyotr Orlov")), (AMINA,), 30),
        "candle": i.Candle(prompt=line),
        "bell": i.Bell(8, 30),
        "music": i.Music(both("Adagio", "Адажио"), both("Chamber choir", "Камерный хор")),
        "anthem": i.Anthem(both("Hymn to the great city", "Гимн великому городу")),
        "gallery": i.Gallery((i.Picture("/media/photo-1.jpg", line), i.Picture("/media/photo-2.jpg", line)), 30),
        "film": i.Film(rating_note="12+"),
        "greetings": i.Greetings(letter, BRUNO),
        "wishes": i.Wishes(prepared=letter),
        "honours": i.Honours(
            both("For a lifetime of lessons", "За жизнь, отданную урокам"),
            (i.Recipient(CHIYO, both("Osaka", "Осака")),),
        ),
        "panel": i.Panel((AMINA, BRUNO), CHIYO),
        "interval": i.Interval(),
        "closing": i.Closing(line, "2028-01-27", 84, (), BOOK_UNTIL),
    }
    media = {"video_message": FILM, "film": FILM}
    spoken = ("address", "reading", "video_message")
    items = [
        an_item(kind.replace("_", "-"), both(kind.replace("_", " ").capitalize(), kind), detail, 600,
                media=media.get(kind), text=line if kind in spoken else {})
        for kind, detail in details.items()
    ]  # fmt: skip
    assert {*details, "lobby", "silence"} == {*i.DETAILS}
    return of("kinds", at_ms, items)


def of(ceremony_id: str, at_ms: int, items: Sequence[i.Item]) -> Programme:
    welcome = both("Nothing is asked of you but to listen.", "От вас ничего не нужно, только слушать.")
    lobby = an_item("lobby", both("Welcome", "Встреча"), i.Lobby(), 900, text=welcome)
    return replace(
        a_programme(ceremony_id, at_ms=at_ms, items=(lobby, *items)),
        title=both("Unconquered", "Непокорённые"),
        subject=both("The siege of Leningrad", "Блокада Ленинграда"),
        languages=("en", "ru"),
        telephone="+7 812 555 01 27",
        delegations=(Delegation(both("Armenia", "Армения"), "AM"), Delegation(both("Bulgaria", "Болгария"), "BG")),
    )
