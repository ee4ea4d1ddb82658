"""How much is read before it is refused: one place, with the reason of each number.

Surveys may come from strangers. What an honest survey never reaches is refused at once and in words, so that
no file can keep a machine busy for long or fill its memory. None of these numbers is about honest size: fifty
million records are read, and a caller who wants fewer rows says so (``sample.read(..., most_rows=)``).
"""

from __future__ import annotations

# Columns of a table. The widest survey files in use (recodes of Demographic and Health Surveys) have about
# 6,000; the databases below need time that grows faster than the columns.
COLUMNS = 8_000

# Characters of one cell. The longest honest ones are traces of places and signatures written as text.
CELL = 2**24

# Bytes of the first record of a CSV: its headings, which may be the wordings of all questions.
HEADING = 2**24

# Tables in one file: sheets, members of an archive, repeats of JSON. Each is walked through on its own.
TABLES = 200

# Cells of a workbook that are looked at, full or not: a row of a hundred bytes can claim 16,384 of them.
CELLS = 200_000_000

# Bytes that an archive unpacks to, and times its own size. Below the first even the densest is read in
# seconds; CSV and workbooks of real surveys stay below thirty times.
UNPACKED = 100_000_000
SHRINKING = 100

# Objects inside objects of JSON. Groups in groups in repeats of real forms stay below ten.
DEPTH = 64

# Bytes of a survey file: the longest in use have a hundredth of it.
SURVEY_FILE = 5_000_000

# Bytes of one instance of a form in XML: pictures travel beside it, so answers stay far below.
INSTANCE = 50_000_000

# Characters of a cell of a form; no wording comes near it.
FORM_CELL = 131_072

# Signs "<" and "=" of one instance, two for each answer: the largest honest ones (a thousand people in a
# household, a hundred questions each) have 200,000. An element of four bytes takes 150 when it is read, an
# attribute of eight 350.
INSTANCE_SIGNS = 300_000

# Rows of one sheet of a form. The longest forms in use have about 5,000 questions, the longest lists of
# choices some ten thousand places; longer ones stand in files of their own.
FORM_ROWS = 50_000

# Bytes that the workbook of a form unpacks to: texts of thousands of questions in ten languages have a fifth.
FORM_UNPACKED = 50_000_000
