"""Monthly and annual reports for everybody: as a page and as a PDF, in each language.

`gathering` takes the figures of a period once, public ones alone, and writes them down with the names
of that day. Everything else is made of what it wrote: `content` puts a report together in a language,
`pages` shows it, `typesetting` makes the PDF. So an edition says the same for ever, in all languages.
"""
