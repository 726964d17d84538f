"""Why no text could be taken out of a file, in words for the person who uploaded it."""

from typing import ClassVar


class DocumentError(Exception):
    """The file cannot be used; the sentence says why and what to do about it.

    Args:
        message: A sentence for the person who uploaded the file; the class has one of its own.

    Attributes:
        message: The sentence. It never quotes the file.
    """

    code: ClassVar[str] = "document_error"
    default_message: ClassVar[str] = "The file cannot be used."

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.default_message
        super().__init__(self.message)


class EmptyFile(DocumentError):
    """There is nothing in it."""

    code = "empty_file"
    default_message = "The file is empty. Check it and upload it again."


class UnsupportedType(DocumentError):
    """Its content is of no kind that text is taken out of."""

    code = "unsupported_type"
    default_message = (
        "Files of this type cannot be read. Upload a PDF, a Word document (.docx), or a text, Markdown, "
        "HTML, CSV or JSON file."
    )

    @classmethod
    def because(cls, what: str) -> "UnsupportedType":
        """Say what the file is, such as ``an image``."""
        return cls(f"This file is {what}. {cls.default_message}")


class PasswordProtected(DocumentError):
    """It is encrypted."""

    code = "password_protected"
    default_message = "The file is protected by a password. Save it without one and upload it again."


class NoText(DocumentError):
    """It can be read, and says nothing."""

    code = "no_text"
    default_message = "There is no text in the file."


class BrokenFile(DocumentError):
    """It is damaged, cut off, or not what it claims to be."""

    code = "broken_file"
    default_message = (
        "The file is damaged and cannot be read. Open it, save it again and upload the new file."
    )


class TooManyPages(DocumentError):
    """It has more pages than are read."""

    code = "too_many_pages"
    default_message = "The file has too many pages. Split it and upload the parts."


class TooLargeInside(DocumentError):
    """Unpacked it is larger than the upload was, and too large."""

    code = "too_large_inside"
    default_message = "There is too much in this file to be read at once. Split it and upload the parts."


class TookTooLong(DocumentError):
    """Reading it took longer than it may."""

    code = "took_too_long"
    default_message = (
        "Reading the file took too long. Split it, or save it in a simpler format, and try again."
    )


BY_CODE: dict[str, type[DocumentError]] = {
    one.code: one
    for one in (
        EmptyFile,
        UnsupportedType,
        PasswordProtected,
        NoText,
        BrokenFile,
        TooManyPages,
        TooLargeInside,
        TookTooLong,
    )
}
"""Every error by its code."""
