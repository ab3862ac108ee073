"""Files of pages, by the program that the image has."""
import os
import shutil
import subprocess
import tempfile


def print_url(url):
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/page.pdf"
        words = ["wkhtmltopdf", "-q", url, file] if shutil.which("wkhtmltopdf") else ["chromium", f"--print-to-pdf={file}", url]
        subprocess.run(words, env=dict(os.environ, HOME=folder), check=True, timeout=100)
        with open(file, "rb") as made:
            return made.read()


def get_pdf(html):
    with tempfile.NamedTemporaryFile("w", suffix=".html") as page:
        page.write(html)
        page.flush()
        return print_url(f"file://{page.name}")
