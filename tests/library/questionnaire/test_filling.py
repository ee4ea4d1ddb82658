"""Writing an instance, and reading it back."""

from __future__ import annotations

from everycount.questionnaire import read_instance, read_xlsform_csv
from everycount.questionnaire.filling import write_instance

FORM = read_xlsform_csv(
    b"type,name,label\nbegin_group,home,Home\ntext,street,Street\nselect_multiple docs,papers,Papers\n"
    b"end_group,,\nnote,read,Read this\nbegin_repeat,members,Members\ninteger,age,Age\n"
    b"begin_group,inner,Inner\ntext,word,Word\nend_group,,\nend_repeat,,\n",
    b"list_name,name,label\ndocs,a,A\ndocs,b,B\n",
)


def test_what_is_written_is_read_back() -> None:
    xml = write_instance(
        FORM,
        "uuid:7",
        {"street": "5 < 6 & “é”", "papers": "a b"},
        {"members": [{"age": "41", "word": "x"}, {"age": ""}]},
    )
    record = read_instance(xml, FORM)
    assert record.envelope.instance_id == "uuid:7"
    assert record.envelope.form_id == FORM.id
    assert record.answers == {"home/street": "5 < 6 & “é”", "home/papers": ("a", "b"), "read": None}
    assert [row.answers for row in record.rosters["members"]] == [
        {"members/age": 41, "members/inner/word": "x"},
        {"members/age": None, "members/inner/word": None},
    ]
    assert not record.findings
