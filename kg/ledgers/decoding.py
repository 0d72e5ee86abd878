"""From the bytes of a text file to its text."""

from __future__ import annotations

from kg.errors import InputError


def decode(data: bytes, file: str) -> str:
    """Return the text of a file: byte order mark, then strict UTF-8, then GB18030.

    In this order because short UTF-8 Chinese often decodes as GB18030 without complaint, and hardly ever the other
    way round. What the file says of itself is not asked: pages name the encoding that their program was set to.

    Raises
    ------
    InputError
        The bytes are neither.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            encodings: tuple[str, ...] = (encoding,)
            break
    else:
        encodings = ("utf-8", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise InputError("input.encoding", file=file)
