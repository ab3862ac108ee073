"""Files of pages, by the program that the image has."""
import os
import shutil
import subprocess
import tempfile

import atelier


def get_pdf(html, address=None):
    """The page's addresses that begin with a slash are those of the site, as whoever asks for the file has it. Its letterhead repeats."""
    address = address or f"http://{atelier.local.site}"
    html = html.replace('="/', f'="{address}/').replace("url(/", f"url({address}/")
    with tempfile.TemporaryDirectory() as folder:
        file, head = f"{folder}/page.pdf", f"{folder}/head.html"
        with open(head, "w") as out:
            out.write(f'<html><body><p>Letter of {atelier.local.site}</p><p>page <span class="page"></span></p></body></html>')
        if shutil.which("wkhtmltopdf"):
            words = ["wkhtmltopdf", "-q", "--header-html", head, "-", file]
        else:
            with open(f"{folder}/page.html", "w") as out:
                out.write(html)
            words = ["chromium", f"--print-to-pdf={file}", f"file://{folder}/page.html"]
        subprocess.run(words, input=html.encode(), env=dict(os.environ, HOME=folder), check=True, timeout=100)
        with open(file, "rb") as made:
            return made.read()
