"""Links as people paste them become our own addresses; everything else is refused, and never stored."""

import pytest

from memorata.domain.broadcast import (
    CAPTIONS,
    PICTURES,
    Source,
    frame_hosts,
    media_hosts,
    parse_file,
    parse_link,
)
from memorata.domain.errors import Refused

TRUSTED = frozenset({"video.museum.example"})

UUID = "52a10666-3a18-4e73-93da-e8d3c12c305a"
SHORT = "b38KFwR1TPgLGmqwYTH8bs"
HEX = "9e4cd81a6b2566e9d949881dbb53905e"

YOUTUBE = Source(
    "youtube",
    "dQw4w9WgXcQ",
    "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"
    "?enablejsapi=1&playsinline=1&controls=0&disablekb=1&rel=0&iv_load_policy=3",
)
VIMEO_OPTIONS = "dnt=1&playsinline=1&controls=0&keyboard=0&title=0&byline=0&portrait=0"
VIMEO = Source("vimeo", "76979871", f"https://player.vimeo.com/video/76979871?{VIMEO_OPTIONS}")
VIMEO_UNLISTED = Source(
    "vimeo", "76979871/8272103f6e", f"https://player.vimeo.com/video/76979871?h=8272103f6e&{VIMEO_OPTIONS}"
)
RUTUBE = Source("rutube", HEX, f"https://rutube.ru/play/embed/{HEX}")
RUTUBE_PRIVATE = Source("rutube", f"{HEX}/aB3_x-9QwE", f"https://rutube.ru/play/embed/{HEX}/?p=aB3_x-9QwE")
VK = Source("vk", "-217986831_456240041", "https://vkvideo.ru/video_ext.php?oid=-217986831&id=456240041&hd=2&js_api=1")
VK_KEYED = Source(
    "vk",
    "-217986831_456240041_56fcd03782ddf732",
    "https://vkvideo.ru/video_ext.php?oid=-217986831&id=456240041&hash=56fcd03782ddf732&hd=2&js_api=1",
)


def peertube(video: str) -> Source:
    options = "api=1&controls=0&p2p=0&peertubeLink=0&title=0&warningTitle=0"
    return Source("peertube", video, f"https://video.museum.example/videos/embed/{video}?{options}")


@pytest.mark.parametrize(
    ("link", "source"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", YOUTUBE),
        ("https://youtube.com/watch?v=dQw4w9WgXcQ&t=43s&list=PLx", YOUTUBE),
        ("https://m.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ#top", YOUTUBE),
        ("HTTPS://WWW.YouTube.com:443/watch?v=dQw4w9WgXcQ", YOUTUBE),
        ("  https://youtu.be/dQw4w9WgXcQ?si=AbC_d-9\n", YOUTUBE),
        ("https://www.youtube.com/live/dQw4w9WgXcQ?feature=share", YOUTUBE),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", YOUTUBE),
        ("https://www.youtube.com/embed/dQw4w9WgXcQ?start=3", YOUTUBE),
        ("https://www.youtube.com/v/dQw4w9WgXcQ", YOUTUBE),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", YOUTUBE),
        ("https://vimeo.com/76979871", VIMEO),
        ("https://www.vimeo.com/76979871?share=copy#t=0", VIMEO),
        ("https://vimeo.com/channels/staffpicks/76979871", VIMEO),
        ("https://vimeo.com/groups/memory/videos/76979871", VIMEO),
        ("https://vimeo.com/showcase/11/video/76979871", VIMEO),
        ("https://player.vimeo.com/video/76979871?autoplay=1", VIMEO),
        ("https://vimeo.com/76979871/8272103f6e?share=copy", VIMEO_UNLISTED),
        ("https://player.vimeo.com/video/76979871?h=8272103f6e", VIMEO_UNLISTED),
        (f"https://rutube.ru/video/{HEX}/", RUTUBE),
        (f"https://rutube.ru/video/{HEX}", RUTUBE),
        (f"https://rutube.ru/video/{HEX}/?r=wd&t=12", RUTUBE),
        (f"https://rutube.ru/shorts/{HEX}/", RUTUBE),
        (f"https://rutube.ru/live/video/{HEX}/", RUTUBE),
        (f"https://rutube.ru/play/embed/{HEX}", RUTUBE),
        (f"https://rutube.ru/video/private/{HEX}/?p=aB3_x-9QwE", RUTUBE_PRIVATE),
        (f"https://rutube.ru/play/embed/{HEX}/?p=aB3_x-9QwE", RUTUBE_PRIVATE),
        ("https://vk.com/video-217986831_456240041", VK),
        ("https://m.vk.com/video-217986831_456240041?from=video", VK),
        ("https://vk.ru/video-217986831_456240041", VK),
        ("https://vkvideo.ru/video-217986831_456240041?t=3m", VK),
        ("https://vk.com/clip-217986831_456240041", VK),
        ("https://vk.com/video?z=video-217986831_456240041%2Fpl_cat_updates", VK),
        ("https://vk.com/video/@museum?z=video-217986831_456240041%2Fclub217986831", VK),
        ("https://vkvideo.ru/playlist/-217986831_2/video-217986831_456240041", VK),
        ("https://vkvideo.ru/video_ext.php?oid=-217986831&id=456240041&hd=4", VK),
        ("https://vk.com/video_ext.php?oid=-217986831&id=456240041&hash=56fcd03782ddf732", VK_KEYED),
        ("https://vk.com/video-217986831_456240041_56fcd03782ddf732", VK_KEYED),
        (f"https://video.museum.example/w/{SHORT}", peertube(SHORT)),
        (f"https://video.museum.example/w/{UUID}?start=3s", peertube(UUID)),
        (f"https://video.museum.example/videos/watch/{UUID}", peertube(UUID)),
        (f"https://video.museum.example/videos/embed/{UUID}?api=0", peertube(UUID)),
    ],
)
def test_a_providers_link_becomes_the_address_of_our_own_frame(link: str, source: Source) -> None:
    assert parse_link(link, TRUSTED) == source


@pytest.mark.parametrize(
    ("link", "source"),
    [
        (
            "https://museum.example.org/films/1944.mp4",
            Source("file", "", "https://museum.example.org/films/1944.mp4"),
        ),
        ("https://Museum.Example.org:443/a.WEBM", Source("file", "", "https://museum.example.org/a.WEBM")),
        (
            "https://cdn.example.org/a%20b.mp4?Expires=1&Signature=Zx~9-_",
            Source("file", "", "https://cdn.example.org/a%20b.mp4?Expires=1&Signature=Zx~9-_"),
        ),
        ("https://live.example.org/hall/index.m3u8", Source("hls", "", "https://live.example.org/hall/index.m3u8")),
        (
            "https://video.museum.example/static/hls/master.m3u8",
            Source("hls", "", "https://video.museum.example/static/hls/master.m3u8"),
        ),
        ("media/governor.mp4", Source("file", "", "media/governor.mp4")),
        ("media/unconquered/2027/hall.m3u8", Source("hls", "", "media/unconquered/2027/hall.m3u8")),
    ],
)
def test_files_and_streams_keep_their_checked_address(link: str, source: Source) -> None:
    assert parse_link(link, TRUSTED) == source


HOSTILE = [
    # scripts, and schemes that are not https
    ("javascript:alert(1)", "scheme"),
    ("JaVaScRiPt:alert(1)//https://youtu.be/dQw4w9WgXcQ", "scheme"),
    ("javascript://youtu.be/dQw4w9WgXcQ%0aalert(1)", "scheme"),
    ("java\tscript:alert(1)", "characters"),
    ("\x01javascript:alert(1)", "characters"),
    ("data:text/html,hello", "scheme"),
    ("data:video/mp4;base64,AAAA.mp4", "scheme"),
    ("vbscript:msgbox(1)", "scheme"),
    ("blob:https://youtu.be/dQw4w9WgXcQ", "scheme"),
    ("file:///etc/passwd.mp4", "scheme"),
    ("ftp://example.org/a.mp4", "scheme"),
    ("http://www.youtube.com/watch?v=dQw4w9WgXcQ", "scheme"),
    ("http://example.org/a.mp4", "scheme"),
    ("//www.youtube.com/watch?v=dQw4w9WgXcQ", "scheme"),
    ("www.youtube.com/watch?v=dQw4w9WgXcQ", "scheme"),
    ("https:www.youtube.com/watch?v=dQw4w9WgXcQ", "scheme"),
    ("https:/www.youtube.com/watch?v=dQw4w9WgXcQ", "scheme"),
    ("view-source:https://youtu.be/dQw4w9WgXcQ", "scheme"),
    # nothing, too much, and what no address holds
    ("", "empty"),
    (" \n", "empty"),
    ("https://example.org/" + "a" * 2000 + ".mp4", "too_long"),
    ("https://youtu.be/dQw4w9WgXcQ\x00", "characters"),
    ("https://youtu.be/dQw4w9\nWgXcQ", "characters"),
    ("https://you\ttu.be/dQw4w9WgXcQ", "characters"),
    ("https://youtu.be/dQw4w9WgXcQ https://evil.example/", "characters"),
    ('https://youtu.be/dQw4w9WgXcQ"onload="alert(1)', "characters"),
    ("https://youtu.be/<script>", "characters"),
    ('<iframe src="https://youtu.be/dQw4w9WgXcQ"></iframe>', "characters"),
    ("https://example.org/\u202egpj.4pm.mp4", "characters"),
    ("https://example.org/a.mp4\u200b", "characters"),
    # the backslash, which browsers read as a slash
    ("https://evil.example\\@youtube.com/watch?v=dQw4w9WgXcQ", "characters"),
    ("https:\\\\youtube.com\\watch?v=dQw4w9WgXcQ", "characters"),
    ("media\\governor.mp4", "characters"),
    # credentials and ports
    ("https://youtube.com@evil.example/watch?v=dQw4w9WgXcQ", "credentials"),
    ("https://youtube.com:443@evil.example/a.mp4", "credentials"),
    ("https://user:word@youtube.com/watch?v=dQw4w9WgXcQ", "credentials"),
    ("https://@youtube.com/watch?v=dQw4w9WgXcQ", "credentials"),
    ("https://youtube.com:8443/watch?v=dQw4w9WgXcQ", "port"),
    ("https://example.org:22/a.mp4", "port"),
    ("https://example.org:/a.mp4", "port"),
    ("https://example.org:443:443/a.mp4", "port"),
    # look-alikes
    ("https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", "not_a_video"),
    ("https://evil-youtube.com/watch?v=dQw4w9WgXcQ", "not_a_video"),
    ("https://y\u043eutube.com/watch?v=dQw4w9WgXcQ", "characters"),
    ("https://xn--yutube-wqf.com/watch?v=dQw4w9WgXcQ", "host"),
    ("https://\uff59outube.com/watch?v=dQw4w9WgXcQ", "characters"),
    ("https://youtube\u3002com/watch?v=dQw4w9WgXcQ", "characters"),
    ("https://youtube.com./watch?v=dQw4w9WgXcQ", "host"),
    ("https://youtube%2ecom/watch?v=dQw4w9WgXcQ", "host"),
    ("https://evil.youtube.com/a.mp4", "host"),
    ("https://attacker.vk.com/a.mp4", "host"),
    (f"https://vimeo.com.ru/{HEX}.html", "not_a_video"),
    (f"https://peertube.evil.example/w/{SHORT}", "not_a_video"),
    (f"https://sub.video.museum.example/w/{SHORT}", "not_a_video"),
    # this machine and this network
    ("https://localhost/a.mp4", "host"),
    ("https://127.0.0.1/a.mp4", "host"),
    ("https://2130706433/a.mp4", "host"),
    ("https://0x7f.1/a.mp4", "host"),
    ("https://169.254.169.254/latest/meta-data.mp4", "host"),
    ("https://[::1]/a.mp4", "port"),
    ("https://[::1/a.mp4", "host"),
    ("https://printer.local/a.mp4", "host"),
    ("https://metadata.google.internal/a.mp4", "host"),
    ("https://intranet/a.mp4", "host"),
    ("https:///a.mp4", "host"),
    # redirects
    ("https://www.youtube.com/redirect?q=https://evil.example/a.mp4", "path"),
    ("https://www.youtube.com/attribution_link?u=/watch?v=dQw4w9WgXcQ", "path"),
    ("https://vk.com/away.php?to=https://evil.example", "id"),
    ("https://example.org/a.mp4?next=https://evil.example/b.mp4", "query"),
    ("https://example.org/a.mp4?next=https%3A%2F%2Fevil.example", "query"),
    ("https://example.org/a.mp4?next=//evil.example", "query"),
    ("https://example.org/a.mp4?next=%5C%5Cevil.example", "query"),
    ("https://example.org//evil.example/a.mp4", "path"),
    # ids that are none
    ("https://www.youtube.com/watch?v=dQw4w9WgXc", "id"),
    ("https://www.youtube.com/watch?v=dQw4w9WgXcQQ", "id"),
    ("https://www.youtube.com/watch?v=dQw4w9WgX%22Q", "id"),
    ("https://www.youtube.com/watch?v=dQw4w9WgXcQ%0a", "id"),
    ("https://www.youtube.com/watch?v=%EF%BC%A1Qw4w9WgXcQ", "id"),
    ("https://www.youtube.com/watch", "id"),
    ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&v=AAAAAAAAAAA", "query"),
    ("https://www.youtube.com/watch?" + "&".join(f"a{n}=1" for n in range(60)), "query"),
    ("https://www.youtube.com/embed/live_stream?channel=UC123", "id"),
    ("https://www.youtube.com/embed/videoseries?list=PL123", "id"),
    ("https://www.youtube.com/embed/../redirect?q=1", "path"),
    ("https://www.youtube.com/embed/%2e%2e/redirect", "path"),
    ("https://www.youtube.com/embed/dQw4w9WgXcQ/extra", "path"),
    ("https://www.youtube.com/@museum", "path"),
    ("https://www.youtube.com/", "path"),
    ("https://www.youtube.com", "path"),
    ("https://youtu.be/dQw4w9WgXcQ/x", "path"),
    ("https://vimeo.com/0", "id"),
    ("https://vimeo.com/\u0661\u0662\u0663", "characters"),
    ("https://vimeo.com/76979871/NOTAHASH", "id"),
    ("https://vimeo.com/log_in?redirect=/76979871", "id"),
    ("https://player.vimeo.com/external/76979871.m3u8", "path"),
    ("https://player.vimeo.com/video/76979871?h=1%26autoplay=1", "id"),
    ("https://rutube.ru/video/123/", "id"),
    (f"https://rutube.ru/video/{HEX.upper()}/", "id"),
    (f"https://rutube.ru/video/private/{HEX}/", "id"),
    (f"https://rutube.ru/play/embed/{HEX}/?p=a%26b%3dc", "id"),
    ("https://rutube.ru/api/video/x.mp4", "path"),
    ("https://vk.com/video-1_", "id"),
    ("https://vk.com/video--1_2", "id"),
    ("https://vk.com/video_ext.php?oid=1%26x&id=2", "id"),
    ("https://vk.com/video_ext.php?oid=-1&id=2&hash=zz", "id"),
    ("https://vk.com/id1", "id"),
    ("https://video.museum.example/w/p/" + SHORT, "not_a_video"),
    ("https://video.museum.example/w/0OIl", "id"),
    ("https://video.museum.example/videos/watch/1", "id"),
    # files that are none
    ("https://example.org/", "not_a_video"),
    ("https://example.org/a.mp4.html", "not_a_video"),
    ("https://example.org/page?file=a.mp4", "not_a_video"),
    ("https://example.org/page#a.mp4", "not_a_video"),
    ("https://example.org/.mp4", "not_a_video"),
    ("https://example.org/a/../../b.mp4", "path"),
    ("https://example.org/a/%2e%2e/b.mp4", "path"),
    ("https://example.org/a%2f..%2fb.mp4", "path"),
    ("https://example.org/a%5cb.mp4", "path"),
    ("https://example.org/a%00.mp4", "path"),
    ("https://example.org/a%zz.mp4", "path"),
    # out of the schedule's own folder
    ("media/../settings.mp4", "path"),
    ("media/..", "path"),
    ("media//etc/a.mp4", "path"),
    ("media/%2e%2e/a.mp4", "path"),
    ("media/a.mp4?x=1", "path"),
    ("media/.hidden.mp4", "path"),
    ("media/a..mp4", "path"),
    ("media/notes.txt", "not_a_video"),
    ("media/mp4", "not_a_video"),
    ("/media/a.mp4", "scheme"),
    ("../media/a.mp4", "scheme"),
    ("other/a.mp4", "scheme"),
]


@pytest.mark.parametrize(("link", "reason"), HOSTILE)
def test_a_hostile_link_is_refused(link: str, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_link(link, TRUSTED)
    assert (refusal.value.code, refusal.value.facts) == ("broadcast.link_refused", {"reason": reason})


def test_every_ordinary_link_is_read_the_same_way_again() -> None:
    # Only VK, YouTube, Vimeo, Rutube and PeerTube frames are themselves links; reading one back changes nothing.
    for source in (YOUTUBE, VIMEO, VIMEO_UNLISTED, RUTUBE, RUTUBE_PRIVATE, VK, VK_KEYED, peertube(UUID)):
        assert parse_link(source.url, TRUSTED) == source


@pytest.mark.parametrize(
    ("text", "kinds", "address"),
    [
        ("media/still.jpg", PICTURES, "media/still.jpg"),
        ("https://museum.example.org/p/1.PNG", PICTURES, "https://museum.example.org/p/1.PNG"),
        ("media/governor.ru.vtt", CAPTIONS, "media/governor.ru.vtt"),
    ],
)
def test_pictures_and_captions_come_from_the_same_places(text: str, kinds: frozenset[str], address: str) -> None:
    assert parse_file(text, kinds) == address


@pytest.mark.parametrize(
    ("text", "kinds", "reason"),
    [
        ("media/still.jpg", CAPTIONS, "not_this_kind"),
        ("media/governor.mp4", PICTURES, "not_this_kind"),
        ("media/../still.jpg", PICTURES, "path"),
        ("http://museum.example.org/1.png", PICTURES, "scheme"),
        ("https://www.youtube.com/1.png", PICTURES, "host"),
        ("https://i.vimeo.com/1.png", PICTURES, "host"),
        ("data:image/svg+xml,x.svg", PICTURES, "scheme"),
        ("https://127.0.0.1/1.png", PICTURES, "host"),
        ("https://museum.example.org/1.png?u=https://evil.example/", PICTURES, "query"),
    ],
)
def test_other_files_are_refused(text: str, kinds: frozenset[str], reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_file(text, kinds)
    assert (refusal.value.code, refusal.value.facts) == ("broadcast.link_refused", {"reason": reason})


def test_the_page_may_frame_and_load_only_what_its_sources_need() -> None:
    sources = [
        YOUTUBE,
        VK,
        VK_KEYED,
        peertube(UUID),
        Source("file", "", "media/governor.mp4"),
        Source("file", "", "https://museum.example.org/a.mp4"),
        Source("hls", "", "https://live.example.org/index.m3u8"),
    ]
    assert frame_hosts(sources) == [
        "https://video.museum.example",
        "https://vkvideo.ru",
        "https://www.youtube-nocookie.com",
    ]
    assert media_hosts(sources) == ["https://live.example.org", "https://museum.example.org"]
    assert frame_hosts([]) == media_hosts([]) == []
