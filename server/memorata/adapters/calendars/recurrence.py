"""Which rules of ours a calendar can reckon by itself (RRULE, RFC 5545, 3.3.10), exactly and for ever."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from memorata.domain.rules import WEEKDAYS, Daily, Fixed, NthWeekday, Rule, Shift, WeekdayInWindow

LEAST_DAYS = 28
"""Every month has as many days."""


def rrule(rule: Rule, shift: Shift, offset_days: int) -> Mapping[str, Any] | None:
    """The parts of an RRULE that gives the days of the rule, so many days later; `None` where none does so exactly.

    None does for what follows the moon, for dates kept by hand, for a day that is kept off some weekdays, and for
    29 February kept on another day in common years. Nor does one where `offset_days`, as for an eve, leads over the
    end of February, or a week over the end of a month.
    """
    if shift.days:
        return None
    match rule:
        case Daily():
            return {"freq": "daily"}
        case Fixed():
            return _fixed(rule, offset_days)
        case NthWeekday() if offset_days == 0:
            return {"freq": "yearly", "bymonth": rule.month, "byday": f"{rule.n}{rule.weekday}"}
        case NthWeekday() if 1 <= rule.n <= LEAST_DAYS // 7:
            return _week(rule.month, 7 * rule.n - 6, 7 * rule.n, rule.weekday, offset_days)
        case WeekdayInWindow() if rule.first[0] == rule.last[0]:
            # The first such weekday of a longer window is always in its first week.
            return _week(rule.first[0], rule.first[1], min(rule.last[1], rule.first[1] + 6), rule.weekday, offset_days)
    return None


def _fixed(rule: Fixed, offset_days: int) -> Mapping[str, Any] | None:
    month, day = rule.month, rule.day
    if (month, day) == (2, 29):
        if rule.leap != "only" or offset_days:
            return None
    else:
        # In a common year and in a leap year.
        common, leap = (date(year, month, day) + timedelta(days=offset_days) for year in (2001, 2000))
        if (common.month, common.day) != (leap.month, leap.day):
            return None
        month, day = common.month, common.day
    return {"freq": "yearly", "bymonth": month, "bymonthday": day}


def _week(month: int, first: int, last: int, weekday: str, offset_days: int) -> Mapping[str, Any] | None:
    length = 31 if month not in (2, 4, 6, 9, 11) else 28 if month == 2 else 30
    first, last = first + offset_days, last + offset_days
    if first < 1 or last > length:
        return None
    weekday = WEEKDAYS[(WEEKDAYS.index(weekday) + offset_days) % 7]
    if first % 7 == 1 and last == first + 6:
        # The same in fewer words, which more calendars understand.
        return {"freq": "yearly", "bymonth": month, "byday": f"{last // 7}{weekday}"}
    return {"freq": "yearly", "bymonth": month, "bymonthday": list(range(first, last + 1)), "byday": weekday}
