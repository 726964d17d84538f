"""Word files, and zip files that pretend to be some."""

import zipfile
from io import BytesIO

import docx
from docx.document import Document

DOCX_TYPES = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
    b'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    b'wordprocessingml.document.main+xml"/></Types>'
)
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def zipped(members: dict[str, bytes]) -> bytes:
    """Pack members, as tightly as deflate can."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx_of(body: str, **others: bytes) -> bytes:
    """Make a Word file of the XML within its body.

    Args:
        body: Such as ``<w:p>…</w:p>``.
        **others: More members of the folder ``word``, such as ``styles=b"…"``.
    """
    document = f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>".encode()
    more = {f"word/{name}.xml": content for name, content in others.items()}
    return zipped({"[Content_Types].xml": DOCX_TYPES, "word/document.xml": document, **more})


def saved(document: Document) -> bytes:
    """Save what python-docx has put together."""
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def price_list() -> bytes:
    """Make a Word file with headings, paragraphs, a list and a table."""
    document = docx.Document()
    document.core_properties.title = "Our practice"
    document.add_heading("Fees", level=1)
    document.add_paragraph("These are our fees without insurance.")
    table = document.add_table(rows=0, cols=2)
    for visit, fee in (("Visit", "Fee"), ("Cleaning", "$140"), ("Filling", "$210")):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = visit, fee
    document.add_heading("Paying", level=2)
    document.add_paragraph("We take:")
    document.add_paragraph("Cards", style="List Bullet")
    document.add_paragraph("Cash", style="List Bullet")
    document.sections[0].header.paragraphs[0].text = "Printed on Monday"
    return saved(document)
