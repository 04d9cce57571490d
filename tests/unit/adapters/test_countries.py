"""Names of countries, and the order in which each language has them."""

import pytest

from memorata.adapters.collation import sort_key
from memorata.adapters.countries import CODES, country_names, is_country, is_language, sorted_for

LANGUAGES = ["ru", "en", "hy", "bg", "he", "kk", "ky", "lv", "lt", "ro", "uz", "uz-Cyrl", "uk", "cs", "fi", "fr"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_name_in_every_language(language: str) -> None:
    names = country_names(language)
    assert set(names) == CODES
    assert all(name and name != code for code, name in names.items())


def test_codes() -> None:
    # 249 are assigned by ISO 3166-1; XK is CLDR's.
    assert len(CODES) == 250
    assert [is_country(code) for code in ("KE", "XK", "ke", "EU", "UK", "ZZ", "")] == [True, True] + [False] * 5


def test_names() -> None:
    assert country_names("en")["CZ"] == "Czechia"
    assert country_names("ru")["AM"] == "Армения"
    assert country_names("uz-Cyrl")["UZ"] == "Ўзбекистон"
    assert country_names("no-such-language")["KE"] == "Kenya"


def test_an_organization_may_name_a_country_in_its_own_way() -> None:
    own = {"KG": {"ru": "Кыргызстан"}}
    assert country_names("ru")["KG"] == "Киргизия"
    assert country_names("ru", own)["KG"] == "Кыргызстан"
    assert country_names("en", own) == country_names("en")
    assert country_names("ru")["KG"] == "Киргизия"


@pytest.mark.parametrize(("tag", "known"), [("ru", True), ("uz-Cyrl", True), ("uz_Cyrl", False), ("rus!", False),
                                            ("", False), ("qq", False)])  # fmt: skip
def test_language_tags(tag: str, known: bool) -> None:
    assert is_language(tag) == known


@pytest.mark.parametrize(
    ("language", "ordered"),
    [
        ("ru", "Елец Ёлкино Ельня Жуков Ива Йошкар-Ола Кёльн"),
        ("en", "Åland Albania Élan Elba Zambia Армения"),
        ("fi", "Albania Zambia Åland Ämari Österbotten"),
        ("cs", "Cyprus Čad Dánsko Honduras Chile Chorvatsko Island Rusko Řecko Slovensko Španělsko Zambie Židovice"),
        ("lv", "Cesis Čada Gana Ģibuti Kipra Ķīna Latvija Ļeņina Nauru Ņūe Spānija Šrilanka Zambija Žeņeva"),
        ("et", "Soome Šveits Zambia Taani Vene Õismäe Ähtäri Österreich Ülemiste"),
        ("uk", "Гана Ґерсі Естонія Єгипет Зімбабве Ірак Їжакевичі Йорданія"),
        ("kk", "Ангола Әзірбайжан Катар Қазақстан Уганда Ұлыбритания Ұлытау Үндістан Хорватия"),
        ("ro", "Austria Ăla Belgia Insulele Îs Serbia Șalom Turcia Țara"),
        ("hy", "Ալբանիա Հայաստան Ֆրանսիա Zambia"),
        ("ky", "Намибия Непал Оман Өзбекстан Панама"),
    ],
)
def test_order_of_a_language(language: str, ordered: str) -> None:
    names = ordered.split()
    assert sorted(set(names), key=sort_key(language)) == names


def test_words_come_before_letters_and_case_counts_for_nothing() -> None:
    names = ["new Caledonia", "New York", "Newark", "Южный Судан"]
    assert sorted(set(names), key=sort_key("en")) == names


def test_countries_in_the_order_of_a_language() -> None:
    russian = [name for _, name in sorted_for("ru")]
    assert russian[0] == "Австралия"
    assert russian.index("Йемен") == russian.index("Италия") + 1
    finnish = [code for code, _ in sorted_for("fi", {"KE": {"fi": "Öland"}})]
    assert finnish[-1] == "KE"
    assert len(sorted_for("en")) == 250
