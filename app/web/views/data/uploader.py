"""The uploader in the page's language: its own words are English only."""

from __future__ import annotations

import streamlit as st

from app.messages import Words

_BROWSE = "[data-testid='stFileUploaderDropzone'] button[data-testid='stBaseButton-secondary']"


def uploader_words(words: Words) -> None:
    """Put the page's words in place of the uploader's."""
    st.html(
        "<style>[data-testid='stFileUploaderDropzoneInstructions']{display:none}"
        f"{_BROWSE} [data-testid='stMarkdownContainer']{{display:none}}"
        f"{_BROWSE}::after{{content:'{words('import.browse')}';font-size:.95rem;white-space:nowrap}}</style>"
    )
