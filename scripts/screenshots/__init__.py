"""Pictures of every page, phone and desktop, light and dark: `python -m scripts.screenshots DIR [NAME...]`.

From a server of its own that has something of everything; with names, such as `sessions`, only of the pages that begin
so. It is for looking at, beside what others ship.
"""
