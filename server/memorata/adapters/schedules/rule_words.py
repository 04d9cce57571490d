"""The rule of a series in a sentence, as a person would say when it is kept."""

from collections.abc import Callable
from datetime import date

from babel import Locale
from babel.dates import format_date, get_day_names, get_month_names
from babel.lists import format_list

from memorata.domain.anniversary import Series
from memorata.domain.calendars import HEBREW_MONTHS, ISLAMIC_MONTHS
from memorata.domain.rules import (
    WEEKDAYS,
    Daily,
    Dates,
    Easter,
    Fixed,
    Hebrew,
    Islamic,
    NthWeekday,
    Rule,
    Weekday,
    WeekdayInWindow,
)

Gettext = Callable[[str], str]

_LEAP_YEAR, _NAMED_DATES = 2028, 3


def in_words(series: Series, gettext: Gettext, locale: Locale) -> str:
    """The second Sunday of November; 27 Nisan, a day earlier when it would be a Friday, from the evening before.

    Every case is a text of its own where grammar may differ: an ordinal agrees with its weekday, a month has a form of
    its own after it.
    """
    _ = gettext
    parts = [_rule(series.rule, gettext, locale)]
    for days, text in (
        (-1, _("a day earlier when it would be a %(weekday)s")),
        (1, _("a day later when it would be a %(weekday)s")),
    ):
        named = [weekday for weekday in WEEKDAYS if series.shift.days.get(weekday) == days]
        parts += [text % {"weekday": _weekday(weekday, locale)} for weekday in named]
    for weekday in WEEKDAYS:
        days = series.shift.days.get(weekday, 0)
        if abs(days) > 1:
            text = _("%(days)s days earlier when it would be a %(weekday)s") if days < 0 else _(
                "%(days)s days later when it would be a %(weekday)s"
            )  # fmt: skip
            parts.append(text % {"days": abs(days), "weekday": _weekday(weekday, locale)})
    if series.eve:
        parts.append(_("from the evening before"))
    return ", ".join(parts)


def _rule(rule: Rule, gettext: Gettext, locale: Locale) -> str:
    _ = gettext
    match rule:
        case Fixed():
            return _fixed(rule, gettext, locale)
        case NthWeekday():
            month = get_month_names("wide", "format", locale)[rule.month]
            return _nth(gettext)[rule.n, rule.weekday] % {"month": month}
        case WeekdayInWindow():
            first, last = (_day(*end, locale) for end in (rule.first, rule.last))
            return _("the %(weekday)s from %(first)s to %(last)s") % {
                "weekday": _weekday(rule.weekday, locale),
                "first": first,
                "last": last,
            }
        case Easter():
            return _easter(rule, gettext)
        case Hebrew(month=number, day=day):
            return f"{day} {_hebrew_months(gettext)[HEBREW_MONTHS[number - 1]]}"
        case Islamic(month=number, day=day):
            return f"{day} {_islamic_months(gettext)[ISLAMIC_MONTHS[number - 1]]}"
        case Daily():
            return _("every day")
        case Dates(dates=days):
            named = [format_date(day, "long", locale=locale) for day in days[:_NAMED_DATES]]
            more = len(days) > _NAMED_DATES
            words = format_list([*named, "…"] if more else named, locale=locale) if named else ""
            return _("by a list of dates: %(dates)s") % {"dates": words}
    raise AssertionError(rule)


def _fixed(rule: Fixed, gettext: Gettext, locale: Locale) -> str:
    _ = gettext
    day = _day(rule.month, rule.day, locale)
    if (rule.month, rule.day) != (2, 29):
        return _("%(day)s every year") % {"day": day}
    match rule.leap:
        case "previous_day":
            return _("%(day)s, in other years the day before") % {"day": day}
        case "next_day":
            return _("%(day)s, in other years the day after") % {"day": day}
        case _:
            return _("%(day)s, in leap years only") % {"day": day}


def _easter(rule: Easter, gettext: Gettext) -> str:
    _ = gettext
    days = rule.offset_days
    if rule.rite == "orthodox":
        text = (
            _("Orthodox Easter") if days == 0
            else _("the day after Orthodox Easter") if days == 1
            else _("the day before Orthodox Easter") if days == -1
            else _("%(days)s days after Orthodox Easter") if days > 0
            else _("%(days)s days before Orthodox Easter")
        )  # fmt: skip
    else:
        text = (
            _("Western Easter") if days == 0
            else _("the day after Western Easter") if days == 1
            else _("the day before Western Easter") if days == -1
            else _("%(days)s days after Western Easter") if days > 0
            else _("%(days)s days before Western Easter")
        )  # fmt: skip
    return text % {"days": abs(days)}


def _day(month: int, day: int, locale: Locale) -> str:
    """Month and day in the order of the language: 27 January, den 27. Januar, 1月27日."""
    return format_date(date(_LEAP_YEAR, month, day), _pattern(locale), locale=locale)


def _pattern(locale: Locale) -> str:
    pattern = locale.datetime_skeletons.get("MMMMd") or locale.datetime_skeletons.get("MMMd")
    return str(getattr(pattern, "pattern", "d MMMM"))


def _weekday(weekday: Weekday, locale: Locale) -> str:
    return str(get_day_names("wide", "format", locale)[WEEKDAYS.index(weekday)])


def _nth(gettext: Gettext) -> dict[tuple[int, str], str]:
    _ = gettext
    return {
        (1, "MO"): _("the first Monday of %(month)s"),
        (1, "TU"): _("the first Tuesday of %(month)s"),
        (1, "WE"): _("the first Wednesday of %(month)s"),
        (1, "TH"): _("the first Thursday of %(month)s"),
        (1, "FR"): _("the first Friday of %(month)s"),
        (1, "SA"): _("the first Saturday of %(month)s"),
        (1, "SU"): _("the first Sunday of %(month)s"),
        (2, "MO"): _("the second Monday of %(month)s"),
        (2, "TU"): _("the second Tuesday of %(month)s"),
        (2, "WE"): _("the second Wednesday of %(month)s"),
        (2, "TH"): _("the second Thursday of %(month)s"),
        (2, "FR"): _("the second Friday of %(month)s"),
        (2, "SA"): _("the second Saturday of %(month)s"),
        (2, "SU"): _("the second Sunday of %(month)s"),
        (3, "MO"): _("the third Monday of %(month)s"),
        (3, "TU"): _("the third Tuesday of %(month)s"),
        (3, "WE"): _("the third Wednesday of %(month)s"),
        (3, "TH"): _("the third Thursday of %(month)s"),
        (3, "FR"): _("the third Friday of %(month)s"),
        (3, "SA"): _("the third Saturday of %(month)s"),
        (3, "SU"): _("the third Sunday of %(month)s"),
        (4, "MO"): _("the fourth Monday of %(month)s"),
        (4, "TU"): _("the fourth Tuesday of %(month)s"),
        (4, "WE"): _("the fourth Wednesday of %(month)s"),
        (4, "TH"): _("the fourth Thursday of %(month)s"),
        (4, "FR"): _("the fourth Friday of %(month)s"),
        (4, "SA"): _("the fourth Saturday of %(month)s"),
        (4, "SU"): _("the fourth Sunday of %(month)s"),
        (5, "MO"): _("the fifth Monday of %(month)s"),
        (5, "TU"): _("the fifth Tuesday of %(month)s"),
        (5, "WE"): _("the fifth Wednesday of %(month)s"),
        (5, "TH"): _("the fifth Thursday of %(month)s"),
        (5, "FR"): _("the fifth Friday of %(month)s"),
        (5, "SA"): _("the fifth Saturday of %(month)s"),
        (5, "SU"): _("the fifth Sunday of %(month)s"),
        (-1, "MO"): _("the last Monday of %(month)s"),
        (-1, "TU"): _("the last Tuesday of %(month)s"),
        (-1, "WE"): _("the last Wednesday of %(month)s"),
        (-1, "TH"): _("the last Thursday of %(month)s"),
        (-1, "FR"): _("the last Friday of %(month)s"),
        (-1, "SA"): _("the last Saturday of %(month)s"),
        (-1, "SU"): _("the last Sunday of %(month)s"),
        (-2, "MO"): _("the Monday before the last of %(month)s"),
        (-2, "TU"): _("the Tuesday before the last of %(month)s"),
        (-2, "WE"): _("the Wednesday before the last of %(month)s"),
        (-2, "TH"): _("the Thursday before the last of %(month)s"),
        (-2, "FR"): _("the Friday before the last of %(month)s"),
        (-2, "SA"): _("the Saturday before the last of %(month)s"),
        (-2, "SU"): _("the Sunday before the last of %(month)s"),
        (-3, "MO"): _("the third from last Monday of %(month)s"),
        (-3, "TU"): _("the third from last Tuesday of %(month)s"),
        (-3, "WE"): _("the third from last Wednesday of %(month)s"),
        (-3, "TH"): _("the third from last Thursday of %(month)s"),
        (-3, "FR"): _("the third from last Friday of %(month)s"),
        (-3, "SA"): _("the third from last Saturday of %(month)s"),
        (-3, "SU"): _("the third from last Sunday of %(month)s"),
        (-4, "MO"): _("the fourth from last Monday of %(month)s"),
        (-4, "TU"): _("the fourth from last Tuesday of %(month)s"),
        (-4, "WE"): _("the fourth from last Wednesday of %(month)s"),
        (-4, "TH"): _("the fourth from last Thursday of %(month)s"),
        (-4, "FR"): _("the fourth from last Friday of %(month)s"),
        (-4, "SA"): _("the fourth from last Saturday of %(month)s"),
        (-4, "SU"): _("the fourth from last Sunday of %(month)s"),
        (-5, "MO"): _("the fifth from last Monday of %(month)s"),
        (-5, "TU"): _("the fifth from last Tuesday of %(month)s"),
        (-5, "WE"): _("the fifth from last Wednesday of %(month)s"),
        (-5, "TH"): _("the fifth from last Thursday of %(month)s"),
        (-5, "FR"): _("the fifth from last Friday of %(month)s"),
        (-5, "SA"): _("the fifth from last Saturday of %(month)s"),
        (-5, "SU"): _("the fifth from last Sunday of %(month)s"),
    }


def _hebrew_months(gettext: Gettext) -> dict[str, str]:
    _ = gettext
    return {
        "Nisan": _("Nisan"),
        "Iyar": _("Iyar"),
        "Sivan": _("Sivan"),
        "Tammuz": _("Tammuz"),
        "Av": _("Av"),
        "Elul": _("Elul"),
        "Tishri": _("Tishri"),
        "Cheshvan": _("Cheshvan"),
        "Kislev": _("Kislev"),
        "Tevet": _("Tevet"),
        "Shevat": _("Shevat"),
        "Adar": _("Adar"),
        "Adar I": _("Adar I"),
        "Adar II": _("Adar II"),
    }


def _islamic_months(gettext: Gettext) -> dict[str, str]:
    _ = gettext
    return {
        "Muharram": _("Muharram"),
        "Safar": _("Safar"),
        "Rabi I": _("Rabi I"),
        "Rabi II": _("Rabi II"),
        "Jumada I": _("Jumada I"),
        "Jumada II": _("Jumada II"),
        "Rajab": _("Rajab"),
        "Shaban": _("Shaban"),
        "Ramadan": _("Ramadan"),
        "Shawwal": _("Shawwal"),
        "Dhu al-Qada": _("Dhu al-Qada"),
        "Dhu al-Hijja": _("Dhu al-Hijja"),
    }
