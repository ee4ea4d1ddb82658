"""Pictures set in type: every script drawn, on the side where it is read from, and always the same bytes."""

from __future__ import annotations

import pytest
from lxml import etree

from everycount.faults import InputError
from everycount.formats.messages import languages, messages
from everycount.formats.picture import picture
from everycount.formats.report.one_figure import names, one_figure
from everycount.formats.report.view import View
from everycount.formats.typeset import engine, png
from everycount.formats.typeset.drawing import drawing_of
from library.release.samples import small_release

pytest.importorskip("typst")


def svg_of(name: str, language: str) -> bytes:
    figure = one_figure(View(small_release(), messages(language)), name)
    assert figure is not None
    drawn = picture(figure.title, figure.drawn, ["A note."], language)
    assert drawn is not None
    return drawn


def test_no_word_is_lost_and_none_stays_in_the_shapes() -> None:
    for name in names(View(small_release(), messages("en"))):
        svg = svg_of(name, "en")
        taken = drawing_of(svg)
        words = ["".join(run["words"] for run in line["runs"]) for line in taken["lines"]]
        there = ["".join(map(str, node.itertext())) for node in etree.fromstring(svg).iter("{*}text")]
        assert sorted(words) == sorted(there)
        assert words
        assert not list(etree.fromstring(taken["svg"].encode()).iter("{*}text"))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_words_stand_inside_the_picture_on_the_side_they_are_read_from(language: str) -> None:
    taken = drawing_of(svg_of("distance", language))
    title = taken["lines"][0]
    assert title["anchor"] == ("right" if language == "ar" else "left")
    assert title["x"] > taken["width"] / 2 if language == "ar" else title["x"] < taken["width"] / 2
    assert all(0 <= line["x"] <= taken["width"] for line in taken["lines"])
    assert all(0 <= line["y"] <= taken["height"] for line in taken["lines"])


def test_a_view_box_moves_words_as_it_moves_shapes() -> None:
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="80">'
        b'<svg x="10" y="20" width="50" height="30" viewBox="100 200 500 300" font-size="40">'
        b'<text x="350" y="290" dy=".35em" text-anchor="middle">7</text></svg>'
        b'<svg x="10" y="0" width="60" height="20"><text x="50%" y="15" dx="5" class="t">8</text></svg></svg>'
    )
    on_map, across = drawing_of(svg)["lines"]
    assert on_map["anchor"] == "middle"
    assert (on_map["x"], on_map["y"], on_map["size"]) == pytest.approx((35, 30.4, 4))
    assert (across["x"], across["y"], across["size"]) == (45, 15, 13)


@pytest.mark.parametrize("language", sorted(languages()))
def test_the_same_picture_is_the_same_bytes(language: str) -> None:
    svg = svg_of("distance", language)
    drawn = png(svg, language)
    assert drawn == png(svg, language)
    assert drawn.startswith(b"\x89PNG")


@pytest.mark.parametrize("word", ["समुदाय", "الفجوة", "অনুযায়ী", "Écart", "Разрыв"])
def test_each_script_has_letters_and_no_empty_boxes(word: str) -> None:
    """PDF/UA-1 refuses a sign that no font of ours can draw."""
    assert _pdf(word).startswith(b"%PDF")
    with pytest.raises(Exception, match="could not be displayed"):
        _pdf("\N{KHMER LETTER KA}")


def _pdf(words: str) -> bytes:
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(engine.FONTS)]
    )
    source = '#set document(title: "x")\n#set text(font: json(bytes(sys.inputs.f)))\n#sys.inputs.w'
    compiler = typst.Compiler(source.encode(), font_paths=fonts, ignore_system_fonts=True)
    import json

    made = compiler.compile(
        format="pdf", pdf_standards=["ua-1"], sys_inputs={"w": words, "f": json.dumps(engine.FAMILIES)}
    )
    assert isinstance(made, bytes)
    return made


def test_without_typst_the_way_to_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "typst", None)
    engine._compiler.cache_clear()
    with pytest.raises(InputError, match=r"everycount\[print\]"):
        png(svg_of("distance", "en"), "en")
    engine._compiler.cache_clear()
