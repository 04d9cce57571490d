"""The people of the demonstration: invented names in the forms of the places they come from, and what they say."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A community with some of its people; `country` is `None` where people do not name one."""

    community: str
    country: str | None
    names: tuple[str, ...]


PLACES: tuple[Place, ...] = (
    Place("Yerevan", "AM", ("Арутюн Саркисян", "Ануш Мелконян", "Вера Соколова", "Гаянэ Тер-Оганесян")),
    Place("Sofia", "BG", ("Цветана Дончева", "Борис Ангелов", "Райна Стоименова")),
    Place("Prague", "CZ", ("Libuše Horáčková", "Zdeněk Vrána", "Nina Sorokina")),
    Place("Helsinki", "FI", ("Aino Lehtimäki", "Veikko Rautanen", "Ирина Лаакконен")),
    Place("Paris", "FR", ("Odile Kerjean", "Hélène Vassilieff", "Marc Obolenski")),
    Place("Jerusalem", "IL", ("Генрих Адлер", "רחל גולדין", "Семён Фридкин", "Бэлла Каган")),
    Place("Almaty", "KZ", ("Айгүл Сейтқали", "Николай Дёмин", "Бақыт Ержанов")),
    Place("Bishkek", "KG", ("Таисия Орлова", "Асел Турдубаева", "Канат Жумабеков")),
    Place("Riga", "LV", ("Ārija Kalniņa", "Виктор Лапин", "Zigrīda Ozola")),
    Place("Vilnius", "LT", ("Danutė Vaitkienė", "Ольга Балсене", "Jonas Petrulis")),
    Place("Chișinău", "MD", ("Eugenia Ciobanu", "Лидия Мунтяну", "Vasile Rotaru")),
    Place("Kyiv", "UA", ("Оксана Гнатюк", "Людмила Пархоменко", "Степан Вдовиченко")),
    Place("Manchester", "GB", ("Margaret Ashdown", "Eleonora Petrova", "Harold Wynne")),
    Place("New York", "US", ("Rita Shapiro", "Leonid Brodsky", "Galina Foster", "Arkady Minz")),
    Place("Tashkent", "UZ", ("Gulnora Yoʻldosheva", "Зоя Каримова", "Rustam Nazarov")),
    Place("Tbilisi", "GE", ("ნანა ბერიძე", "Георгий Лордкипани", "Тамара Чхеидзе")),
    Place("Minsk", "BY", ("Янина Казловская", "Михаил Шпак", "Алеся Рудая")),
    Place("Berlin", "DE", ("Hannelore Wiesner", "Ida Grünfeld", "Лев Рабинович")),
    Place("Tallinn", "EE", ("Linda Kask", "Валентина Тамм", "Arvo Pärnik")),
    Place("Warsaw", "PL", ("Halina Żurawska", "Zofia Domańska", "Jerzy Kubiak")),
    Place("Baku", "AZ", ("Sevda Quliyeva", "Рафик Мамедов", "Ağasi Həsənov")),
    Place("Dushanbe", "TJ", ("Зулфия Раҳимова", "Парвиз Саидов")),
    Place("Toronto", "CA", ("Edith Larocque", "Anna Kovalenko", "Saul Weintraub")),
    Place(
        "Saint Petersburg", "RU", ("Зинаида Ладогина", "Пётр Невский-Лазарев", "Елизавета Гранина", "Фёдор Ижорский")
    ),
    Place("Sukhum", None, ("Асида Агрба", "Даур Цвижба")),
    Place("At sea, MS Ladoga", None, ("Капитан Орехов",)),
)

HALLS: tuple[tuple[str, str, str], ...] = (
    ("Hall of the veterans’ house", "Bishkek", "KG"),
    ("School No. 5, assembly hall", "Yerevan", "AM"),
    ("Library reading room", "Manchester", "GB"),
)

WISHES: tuple[str, ...] = (
    "Запишите голоса детей блокады, пока они звучат.",
    "A lesson by letter between our schools: one question, one answer, every month.",
    "Встретиться снова в мае, хотя бы так.",
    "May every city keep one window lit on this night.",
    "Спасибо тем, кто выстоял. Мы помним ваши имена.",
    "To my grandmother, who counted the beats: I am counting with you.",
    "Посадите дерево там, куда вас привезли. Моё уже выше дома.",
    "Bread on the table and quiet in the sky, for everybody’s children.",
    "Пусть музыка той зимы звучит только в концертных залах.",
    "That nobody need ever again learn what a gram of bread weighs.",
)

GUEST_BOOK: tuple[str, ...] = (
    "Мы были вместе. Спасибо.",
    "Three generations of us sat in front of one screen.",
    "До встречи через год.",
    "My mother rose for the silence. She has not stood for months.",
    "Тихо, достойно, по-человечески.",
)

MEMORIES: tuple[tuple[str, str], ...] = (
    ("memory", "How my mother brought water from the Neva on a child’s sledge."),
    ("memory", "Как мы в детском саду считали ступеньки, чтобы согреться."),
    ("poem", "The wireless had no words that night,\nit only kept a step."),
    ("wish", "To the pupils who wrote to us: answer, please, we wait for the post."),
    ("memory", "Про соседку, которая делила на всех клей."),
    ("tribute", "For the doctors of the hospital on the embankment."),
    ("poem", "And I, who counted crumbs by it,\nnow count my grandsons’ years."),
    ("wish", "За тех, кто сегодня один."),
)  # fmt: skip
"""Kind of request for the floor, and what it will be about."""
