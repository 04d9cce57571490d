"""Hebrew, Easter and tabular Islamic dates in the Gregorian calendar: arithmetic alone, no tables of years.

Hebrew years follow the fixed calendar (molad of Tishri and its four postponements); Easter is Meeus' computus.
"""

from datetime import date, timedelta

HEBREW_MONTHS = (
    "Nisan", "Iyar", "Sivan", "Tammuz", "Av", "Elul", "Tishri", "Cheshvan", "Kislev", "Tevet", "Shevat",
    "Adar", "Adar I", "Adar II",
)  # fmt: skip
"""In the order of their numbers, Nisan first; `Adar` is the last month of any year, Adar II in a leap year."""

ISLAMIC_MONTHS = (
    "Muharram", "Safar", "Rabi I", "Rabi II", "Jumada I", "Jumada II", "Rajab", "Shaban", "Ramadan", "Shawwal",
    "Dhu al-Qada", "Dhu al-Hijja",
)  # fmt: skip

# Ordinal of 1 Tishri of year 1, less its own count of days.
_HEBREW_EPOCH = -1373427

# 16 July 622 of the Julian calendar, the civil epoch.
_ISLAMIC_EPOCH = date(622, 7, 19).toordinal()

# Leap years of the 30-year cycle after Habash al-Hasib. Of the four schemes in use it is the one that comes nearest
# to Umm al-Qura in the years 1448-1452; a date from it is a proposal all the same, the crescent decides.
_ISLAMIC_LEAPS = (2, 5, 8, 11, 13, 16, 19, 21, 24, 27, 30)


def is_hebrew_leap(year: int) -> bool:
    return (7 * year + 1) % 19 < 7


def hebrew_month_lengths(year: int) -> dict[int, int]:
    """Days of each month of a Hebrew year, in the order of the year from Tishri (7) to Elul (6).

    Months are numbered from Nisan: Adar is 12, in leap years Adar I is 12 and Adar II 13.
    """
    length = _new_year(year + 1) - _new_year(year)
    winter = {7: 30, 8: 30 if length % 10 == 5 else 29, 9: 29 if length % 10 == 3 else 30, 10: 29, 11: 30}
    adar = {12: 30, 13: 29} if is_hebrew_leap(year) else {12: 29}
    return winter | adar | {1: 30, 2: 29, 3: 30, 4: 29, 5: 30, 6: 29}


def hebrew_date(year: int, month: int, day: int) -> date:
    """The Gregorian date of a day of the Hebrew calendar; months as in `hebrew_month_lengths`.

    Raises: ValueError: there is no such day in that year.
    """
    offset = 0
    for number, days in hebrew_month_lengths(year).items():
        if number == month and 1 <= day <= days:
            return date.fromordinal(_HEBREW_EPOCH + _new_year(year) + offset + day - 1)
        offset += days
    raise ValueError(f"no day {day} of month {month} in the Hebrew year {year}")


def orthodox_easter(year: int) -> date:
    """Easter Sunday by the Julian computus, as a Gregorian date."""
    moon = (19 * (year % 19) + 15) % 30
    sunday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + sunday + 114, 31)
    # Added as days: in a year that only the Julian calendar has as a leap year, 29 February is passed by neither.
    return date(year, month, day + 1) + timedelta(days=year // 100 - year // 400 - 2)


def western_easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the anonymous computus of 1876 (Meeus, Astronomical Algorithms)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leaps, left = divmod(century, 4)
    moon = (19 * golden + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * left + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def tabular_islamic_date(year: int, month: int, day: int) -> date:
    """A computed date of the Islamic calendar; the observed one may differ by a day or two."""
    cycles, rest = divmod(year - 1, 30)
    days = cycles * 10631 + rest * 354 + sum(leap <= rest for leap in _ISLAMIC_LEAPS)
    days += 29 * (month - 1) + month // 2
    return date.fromordinal(_ISLAMIC_EPOCH + days + day - 1)


def islamic_year_at(year: int) -> int:
    """The Islamic year in which 1 January of a Gregorian year falls, or the one before."""
    return (date(year, 1, 1).toordinal() - _ISLAMIC_EPOCH) * 30 // 10631


def _elapsed(year: int) -> int:
    """Days up to the new year, postponed so that it falls on no Sunday, Wednesday or Friday, nor too near its molad."""
    months = (235 * year - 234) // 19
    day = 29 * months + (12084 + 13753 * months) // 25920
    return day + 1 if 3 * (day + 1) % 7 < 3 else day


def _new_year(year: int) -> int:
    """The same, with the two corrections that keep every year to a length the calendar knows."""
    before, this, after = (_elapsed(y) for y in (year - 1, year, year + 1))
    if after - this == 356:
        return this + 2
    return this + 1 if this - before == 382 else this
