"""What can be doubtful in a row, or stand against it: codes, and a sentence for each. Pure.

The sentences are read on a console and in a report by whoever brings the cases in; docs/import.md says what
to do about each.
"""

from dataclasses import dataclass, field

#: Nothing is made of such a row.
REFUSALS: dict[str, str] = {
    "not_json": "The line is no JSON object.",
    "line_too_long": "The line has more than 64 million characters: no case has. It was not read.",
    "too_deep": "Its lists and objects lie within each other more than ten deep.",
    "quote_open": "It goes over several lines, and its quotation marks do not fit: one may not be closed.",
    "cells_too_many": "The row has more cells than the heading: its columns may have shifted.",
    "no_id": "It has no id of its own, or one of more than 200 characters.",
    "id_repeats": "Its id stands in the file already, with other words. The first one was taken.",
    "no_text": "It says nothing.",
    "text_too_long": "Its text is longer than 100,000 characters.",
    "no_filing_date": "There is no day on which it was filed.",
    "filing_date_unread": "The day on which it was filed cannot be read by the formats given.",
    "filing_date_in_future": "It was filed in the future.",
    "status_unknown": "The mapping does not say what its status means.",
    "history_unread": "Its history is not a list of steps as docs/import.md describes them.",
    "value_unread": "It holds a value that this column (or, if none is named, a case) cannot have.",
}
#: A case is made, and somebody should look.
DOUBTS: dict[str, str] = {
    "changed": "It was brought in before, and stands in this file with other words. Nothing was changed.",
    "repeated": "The same row stands in the file already.",
    "cells_missing": "The row has fewer cells than the heading; the last ones were taken as empty.",
    "number_rounded": "A spreadsheet keeps 15 digits of a number: the last ones of this are wrong.",
    "mojibake_repaired": "Letters that had been read in the wrong encoding were put right.",
    "letters_lost": "Letters were lost before; nobody can bring them back.",
    "date_ambiguous": "By another of the formats given it would be another day. The first one was taken.",
    "date_unread": "The date cannot be read by the formats given; it was left out.",
    "date_in_future": "The date lies in the future; it was left out.",
    "before_filing": "It is dated before the complaint. The date was kept.",
    "out_of_order": "It is dated before what came earlier. The date was kept.",
    "no_answer_date": "The answer has no date; the next date that is known was taken.",
    "no_closing_date": "It is closed, and no day of that is known; the last date that is known was taken.",
    "agency_unknown": "No office of that code, name or alias is in the registry.",
    "agency_ambiguous": "Several offices have that name.",
    "agency_closed": "The office is closed, and the case still open.",
    "goes_to_desk": "It is open, and no office that could work on it is known: it waits for the desk.",
    "goes_to_agency": "It has an agency, and its status says that nobody has it: taken as being there.",
    "category_unknown": "No category of that code or name is in the registry.",
    "category_ambiguous": "Several categories have that name.",
    "place_unknown": "The place, or the smallest part of it, is not in the registry; its words were kept.",
    "place_ambiguous": "Several places have that name; the one that holds the others was taken, if any does.",
    "word_unknown": "The mapping does not say what this means; it was taken as if it were empty.",
    "code_unread": "A code of a step is none that a page could read; it was left out.",
    "rating_unread": "The mark is no number from 1 to 5; it was left out.",
    "contact_unread": "It is no telephone number or e-mail address; it was left out.",
    "contact_over": "The time for which contacts are kept is over; it was left out.",
    "words_over": "The time for which words are kept is over: they are erased in the coming night.",
    "may_be_misconduct": "The text may set an official beside misconduct: look whether it is sensitive.",
    "not_published": "A public text is there, and neither --publish nor publish = true was given.",
    "private_step": "A step that is between citizen and overseers was left out.",
    "step_unknown": "The portal has no step or state of that name; it was kept without one.",
    "history_ends_elsewhere": "The last step leaves it elsewhere than its status says; the status counts.",
    "files_not_brought": "Its files are named, and are not brought along: only an archive (ZIP) holds them.",
    "file_unread": "Its list of files has an entry that names no file, or no step of its history.",
    "files_too_many": "More files came with one step than are kept of one; the others were left out.",
    "file_missing": "A file of it is named, and is not in the archive.",
    "file_damaged": "A file of it is not the one that is named, or cannot be unpacked; it was left out.",
    "file_refused": "A file of it is none that is kept here (photos and plain PDFs of some size).",
    "file_written_anew": "A photo held more than its pixels, and was written anew as an upload is.",
}
SENTENCES = REFUSALS | DOUBTS


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is doubtful in a row, and in which column, if it is one; the word there, if it is about one."""

    code: str
    column: str = ""
    word: str = field(default="", compare=False)

    @property
    def is_refusal(self) -> bool:
        """Whether nothing is made of the row."""
        return self.code in REFUSALS

    @property
    def sentence(self) -> str:
        """What it means."""
        return SENTENCES[self.code]
