"""Why no text could be taken out of a file, in words for the person who uploaded it."""

from typing import ClassVar


class DocumentError(Exception):
    """The file cannot be used; the sentence says why and what to do about it, and never quotes the file."""

    code: ClassVar[str] = "document_error"
    default_message: ClassVar[str] = "The file cannot be used."

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.default_message
        super().__init__(self.message)

    def __init_subclass__(cls, code: str, says: str) -> None:
        """Fix code and sentence."""
        super().__init_subclass__()
        cls.code, cls.default_message = code, says


class EmptyFile(DocumentError, code="empty_file", says="The file is empty. Check it and upload it again."):
    """There is nothing in it."""


class UnsupportedType(
    DocumentError,
    code="unsupported_type",
    says="Files of this type cannot be read. Upload a PDF, a Word document (.docx), or a text, Markdown, "
    "HTML, CSV or JSON file.",
):
    """Its content is of no kind that text is taken out of."""

    @classmethod
    def because(cls, what: str) -> "UnsupportedType":
        """Say what the file is, such as ``an image``."""
        return cls(f"This file is {what}. {cls.default_message}")


class PasswordProtected(
    DocumentError,
    code="password_protected",
    says="The file is protected by a password. Save it without one and upload it again.",
):
    """It is encrypted."""


class NoText(DocumentError, code="no_text", says="There is no text in the file."):
    """It can be read, and says nothing."""


class BrokenFile(
    DocumentError,
    code="broken_file",
    says="The file is damaged and cannot be read. Open it, save it again and upload the new file.",
):
    """It is damaged, cut off, or not what it claims to be."""


class TooManyPages(
    DocumentError,
    code="too_many_pages",
    says="The file has too many pages. Split it and upload the parts.",
):
    """It has more pages than are read."""


class TooLargeInside(
    DocumentError,
    code="too_large_inside",
    says="There is too much in this file to be read at once. Split it and upload the parts.",
):
    """Unpacked it is larger than the upload was, and too large."""


class TookTooLong(
    DocumentError,
    code="took_too_long",
    says="Reading the file took too long. Split it, or save it in a simpler format, and try again.",
):
    """Reading it took longer than it may."""


BY_CODE = {one.code: one for one in DocumentError.__subclasses__()}
"""Every error by its code."""
