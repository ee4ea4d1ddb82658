"""Which files a submission says belong to it."""

from __future__ import annotations

import pytest

from everycount.faults import InputError
from everycount.questionnaire import Received, read_xlsform_csv

FORM = read_xlsform_csv(
    b"type,name,label\ntext,said,Say\nimage,photo,Show\nbegin_repeat,rooms,Rooms\naudio,sound,Hear\nend_repeat,,\n"
    b"audit,audit,\n"
)


def test_questions_that_take_a_file_are_looked_at_and_no_others() -> None:
    xml = (
        b"<data id='f'><said>said.jpg</said><photo> one.jpg </photo><rooms><sound>a.m4a</sound></rooms>"
        b"<rooms><sound>b.m4a</sound></rooms><rooms><sound/></rooms>"
        b"<orx:meta xmlns:orx='http://openrosa.org/xforms'><orx:audit>audit.csv</orx:audit></orx:meta></data>"
    )
    assert Received.read(xml).media(FORM) == ("one.jpg", "a.m4a", "b.m4a", "audit.csv")


def test_broken_xml_is_refused() -> None:
    with pytest.raises(InputError):
        Received.read(b"<data><photo>")
